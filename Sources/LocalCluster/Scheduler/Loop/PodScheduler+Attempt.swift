internal import JSON
internal import KubernetesClient
internal import KubernetesModel
internal import Logging
internal import Synchronization

extension PodScheduler {
    /// The node for a pod, assumed from now on; nil if there is none, which is then reported.
    func choose(for pod: SchedulablePod) async -> String? {
        let (nodes, extenders) = state.withLock { ($0.cluster.snapshot(), $0.extenders) }
        let interested = extenders.filter { $0.configuration.isInterested(inResources: pod.resourceNames) }
        let ignored = Set(
            extenders.flatMap { $0.configuration.managedResources }.filter(\.ignoredByScheduler).map(\.name))
        var rejections: [String: [String]] = [:]
        var feasible = nodes.filter { node in
            guard let rejection = NodeFilters.rejection(of: pod, on: node, ignoring: ignored) else { return true }
            rejections[node.node.name] = rejection.reasons
            return false
        }
        for extender in interested {
            guard let verb = extender.configuration.filterVerb, !feasible.isEmpty else { continue }
            do {
                let result = try await extender.filter(pod, feasible, verb: verb)
                for (node, reason) in result.failed.merging(result.unresolvable, uniquingKeysWith: { _, last in last })
                {
                    rejections[node, default: []].append(reason)
                }
                let passing = Set(result.nodeNames)
                feasible.removeAll { !passing.contains($0.node.name) }
            } catch {
                if extender.configuration.isIgnorable {
                    logger.warning("An ignorable extender failed", metadata: ["error": "\(error)"])
                    continue
                }
                fail(pod, reason: "SchedulerError", message: "\(error)")
                return nil
            }
        }
        let scores = await scores(pod, feasible, interested)
        guard let best = NodeScores.best(feasible, scores: scores) else {
            let message = FitMessage.text(nodes: nodes.count, rejections: rejections)
            fail(pod, reason: "Unschedulable", message: message)
            return nil
        }
        state.withLock { $0.cluster.assume(pod, on: best.node.name) }
        return best.node.name
    }

    /// Totals by node: our own score, and those of extenders, whose 0...10 are brought to 0...100 and weighted.
    private func scores(
        _ pod: SchedulablePod, _ nodes: [NodeState], _ extenders: [ExtenderClient]
    ) async -> [String: Int] {
        guard nodes.count > 1 else { return [:] }
        var totals: [String: Int] = [:]
        for node in nodes { totals[node.node.name] = NodeScores.leastAllocated(pod, on: node) }
        for extender in extenders {
            guard let verb = extender.configuration.prioritizeVerb else { continue }
            do {
                let scores = try await extender.prioritize(pod, nodes, verb: verb)
                for (node, score) in scores where totals[node] != nil {
                    totals[node, default: 0] += min(max(score, 0), 10) * 10 * extender.configuration.weight
                }
            } catch {
                logger.warning("An extender's scores are left out", metadata: ["error": "\(error)"])
            }
        }
        return totals
    }

    /// Binds a pod, itself or by the extender that does so for its resources.
    func bind(_ pod: SchedulablePod, _ node: String) async {
        let extender = state.withLock { $0.extenders }.first {
            $0.configuration.bindVerb != nil && $0.configuration.isInterested(inResources: pod.resourceNames)
        }
        do {
            if let extender, let verb = extender.configuration.bindVerb {
                try await extender.bind(pod, to: node, verb: verb)
            } else {
                let body = JSONValue.object([
                    ("apiVersion", "v1"), ("kind", "Binding"),
                    ("metadata", .object([("name", JSONValue(pod.key.name)), ("uid", JSONValue(pod.uid))])),
                    ("target", .object([("apiVersion", "v1"), ("kind", "Node"), ("name", JSONValue(node))])),
                ])
                _ = try await client.createSubresource(.pods, pod.key, "binding", body)
            }
            state.withLock { $0.queue.remove(pod.key, uid: pod.uid) }
            events.scheduled(pod, on: node)
        } catch {
            state.withLock { $0.cluster.forget(pod) }
            if (error as? APIError)?.isNotFound == true {
                return state.withLock { $0.queue.remove(pod.key, uid: pod.uid) }
            }
            fail(pod, reason: "SchedulerError", message: "binding rejected: \(error)")
        }
    }

    /// Puts a pod back into the queue and says why, on the pod and as an event.
    private func fail(_ pod: SchedulablePod, reason: String, message: String) {
        state.withLock { $0.queue.fail(pod, now: .now()) }
        signal()
        logger.debug("A pod cannot be scheduled", metadata: ["pod": "\(pod.key)", "reason": "\(message)"])
        events.failed(pod, reason: reason, message: message)
    }
}
