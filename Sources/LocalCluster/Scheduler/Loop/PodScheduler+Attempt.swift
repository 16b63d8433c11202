internal import JSON
internal import KubernetesClient
internal import KubernetesModel
internal import Logging
internal import Synchronization

extension PodScheduler {
    /// The node for a pod, assumed from now on; nil if there is none, which is then reported.
    func choose(for pod: SchedulablePod) async -> String? {
        let (nodes, nominated, extenders) = state.withLock {
            ($0.cluster.snapshot(), $0.cluster.nomination(of: pod), $0.extenders)
        }
        let chain = ExtenderChain(extenders, for: pod, logger: logger)
        let ignored = extenders.flatMap { $0.configuration.managedResources }.filter(\.ignoredByScheduler).map(\.name)
        let feasibility = state.withLock {
            Feasibility(
                pod: pod, ignored: Set(ignored), nominated: $0.cluster.nominations(before: pod),
                namespaces: $0.namespaces, volumes: $0.volumes)
        }
        var rejections = feasibility.rejections(nodes)
        var feasible = nodes.filter { rejections[$0.node.name] == nil }
        do {
            let awaited = feasible.filter { $0.node.name == nominated }
            let passing = awaited.isEmpty ? [] : try await chain.filter(pod, awaited).feasible
            if passing.isEmpty {
                let result = try await chain.filter(pod, feasible)
                feasible = result.feasible
                rejections.merge(result.rejections) { _, last in last }
            } else {
                feasible = passing
            }
        } catch {
            fail(pod, reason: "SchedulerError", message: "\(error)")
            return nil
        }
        let scores = await scores(feasibility, feasible, among: nodes, chain)
        guard let best = NodeScores.best(feasible, scores: scores) else {
            await reject(feasibility, nodes, rejections, chain)
            return nil
        }
        state.withLock { $0.cluster.assume(pod, on: best.node.name) }
        return best.node.name
    }

    /// Says why no node takes a pod, and has lower pods evicted where that helps.
    private func reject(
        _ feasibility: Feasibility, _ nodes: [NodeState], _ rejections: [String: NodeRejection], _ chain: ExtenderChain
    ) async {
        var message = FitMessage.text(
            nodes: nodes.count, rejections: rejections.mapValues(\.reasons), obstacle: feasibility.obstacle)
        var nomination = Nomination.clear
        if !nodes.isEmpty {
            let outcome = await preempt(feasibility, nodes, rejections, chain)
            nomination = outcome.nomination
            if !outcome.message.isEmpty { message += " preemption: " + outcome.message }
        }
        let causes = Set(rejections.values.map(\.cause))
        fail(feasibility.pod, reason: "Unschedulable", message: message, causes: causes, nomination: nomination)
    }

    /// Totals by node: our own score, and those of extenders, whose 0...10 are brought to 0...100 and weighted.
    private func scores(
        _ feasibility: Feasibility, _ nodes: [NodeState], among all: [NodeState], _ chain: ExtenderChain
    ) async -> [String: Int] {
        guard nodes.count > 1 else { return [:] }
        let pod = feasibility.pod
        var totals = await chain.scores(pod, nodes)
        totals.merge(NodeScores.totals(pod, nodes, among: all, feasibility.namespaces)) { $0 &+ $1 }
        return totals
    }

    /// Binds a pod, itself or by the extender that does so for its resources.
    func bind(_ pod: SchedulablePod, _ node: String) async {
        let chain = ExtenderChain(state.withLock { $0.extenders }, for: pod, logger: logger)
        do {
            if !pod.claimNames.isEmpty { try await bindVolumes(of: pod, on: node) }
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
            state.withLock { state in
                state.cluster.forget(pod)
                state.queue.clusterChanged(.podRemoved)
            }
            if (error as? APIError)?.isNotFound == true {
                return state.withLock { $0.queue.remove(pod.key, uid: pod.uid) }
            }
            fail(pod, reason: "SchedulerError", message: "binding rejected: \(error)")
        }
    }

    /// Puts a pod back into the queue and says why, on the pod and as an event.
    private func fail(
        _ pod: SchedulablePod, reason: String, message: String, causes: Set<RejectionCause> = [],
        nomination: Nomination = .keep
    ) {
        state.withLock { state in
            if nomination == .clear { state.cluster.clearNomination(of: pod) }
            state.queue.fail(pod, causes: causes, now: .now())
        }
        signal()
        logger.debug("A pod cannot be scheduled", metadata: ["pod": "\(pod.key)", "reason": "\(message)"])
        events.failed(pod, SchedulerEvents.Verdict(reason: reason, message: message, nomination: nomination))
    }
}
