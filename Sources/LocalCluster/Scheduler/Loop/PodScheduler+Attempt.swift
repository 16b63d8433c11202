internal import JSON
internal import KubernetesClient
internal import KubernetesModel
internal import Logging
internal import Synchronization

extension PodScheduler {
    /// The node for a pod, assumed from now on; nil if there is none, which is then reported.
    func choose(for pod: SchedulablePod) async -> String? {
        let (nodes, extenders) = state.withLock { ($0.cluster.snapshot(), $0.extenders) }
        let chain = ExtenderChain(extenders, for: pod, logger: logger)
        let ignored = Set(
            extenders.flatMap { $0.configuration.managedResources }.filter(\.ignoredByScheduler).map(\.name))
        var rejections: [String: NodeRejection] = [:]
        var feasible = nodes.filter { node in
            guard let rejection = NodeFilters.rejection(of: pod, on: node, ignoring: ignored) else { return true }
            rejections[node.node.name] = rejection
            return false
        }
        do {
            let passing = try await chain.filter(pod, feasible)
            feasible = passing.feasible
            rejections.merge(passing.rejections) { _, last in last }
        } catch {
            fail(pod, reason: "SchedulerError", message: "\(error)")
            return nil
        }
        let scores = await scores(pod, feasible, chain)
        guard let best = NodeScores.best(feasible, scores: scores) else {
            let message = FitMessage.text(nodes: nodes.count, rejections: rejections.mapValues(\.reasons))
            fail(pod, reason: "Unschedulable", message: message)
            return nil
        }
        state.withLock { $0.cluster.assume(pod, on: best.node.name) }
        return best.node.name
    }

    /// Totals by node: our own score, and those of extenders, whose 0...10 are brought to 0...100 and weighted.
    private func scores(_ pod: SchedulablePod, _ nodes: [NodeState], _ chain: ExtenderChain) async -> [String: Int] {
        guard nodes.count > 1 else { return [:] }
        var totals = await chain.scores(pod, nodes)
        for node in nodes { totals[node.node.name, default: 0] &+= NodeScores.leastAllocated(pod, on: node) }
        return totals
    }

    /// Binds a pod, itself or by the extender that does so for its resources.
    func bind(_ pod: SchedulablePod, _ node: String) async {
        let chain = ExtenderChain(state.withLock { $0.extenders }, for: pod, logger: logger)
        do {
            if try await !chain.bind(pod, to: node) {
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
