internal import JSON
internal import KubernetesClient
internal import KubernetesModel
internal import Logging
internal import Synchronization

/// What becomes of the node that a pod waits for while room is made there.
enum Nomination: Sendable, Hashable {
    /// It stays as it is.
    case keep
    /// The pod waits for no node any more.
    case clear
    /// The pod waits for this node.
    case node(String)
}

extension PodScheduler {
    /// Makes room for a pod by evicting lower ones; what to say if that does not help.
    func preempt(
        _ feasibility: Feasibility, _ nodes: [NodeState], _ rejections: [String: NodeRejection], _ chain: ExtenderChain
    ) async -> (nomination: Nomination, message: String) {
        let pod = feasibility.pod
        let (budgets, nominated) = state.withLock { (Array($0.budgets.values), $0.cluster.nomination(of: pod)) }
        if let reason = Preemption.ineligibility(of: pod, nominatedTo: nominated, nodes, rejections) {
            return (.keep, reason)
        }
        let (found, reasons) = Preemption.candidates(feasibility, nodes, rejections, budgets)
        if found.isEmpty { return (.clear, FitMessage.text(nodes: nodes.count, rejections: reasons)) }
        do {
            let allowed = try await chain.preempt(pod, found, among: nodes)
            guard let best = Preemption.best(allowed) else { return (.keep, "no candidate node for preemption") }
            state.withLock { $0.cluster.nominate(pod, to: best.node) }
            for victim in best.pods where !victim.isDeleting { try await evict(victim, for: pod, on: best.node) }
            await clearLowerNominations(on: best.node, than: pod)
            return (.node(best.node), "")
        } catch {
            return (.keep, "\(error)")
        }
    }

    /// Marks and deletes a pod, and says for whom. Throws `APIError` unless it is gone.
    private func evict(_ victim: SchedulablePod, for pod: SchedulablePod, on node: String) async throws {
        let condition = Condition(
            type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler",
            message: "\(Self.schedulerName): preempting to accommodate a higher priority pod",
            lastTransitionTime: .now())
        let patch = JSONValue.object([
            ("metadata", .object([("uid", JSONValue(victim.uid))])),
            ("status", .object([("conditions", JSONValue([condition.value]))])),
        ])
        var options = DeleteOptions()
        options.uid = victim.uid
        do {
            _ = try await client.patch(.pods, victim.key, .strategic(patch), subresource: "status")
            _ = try await client.delete(.pods, victim.key, options: options)
        } catch {
            if error.isNotFound || error.isConflict { return }
            throw error
        }
        logger.info("A pod was preempted", metadata: ["pod": "\(victim.key)", "for": "\(pod.key)", "node": "\(node)"])
        events.preempted(victim, by: pod, on: node)
    }

    /// Lets lower pods look for another node than `node`, where a higher one goes now.
    private func clearLowerNominations(on node: String, than pod: SchedulablePod) async {
        let lower = state.withLock { state in
            let lower = state.cluster.nominated(to: node).filter { $0.priority < pod.priority }
            for other in lower { state.cluster.clearNomination(of: other) }
            return lower
        }
        for other in lower {
            let patch = JSONValue.object([
                ("metadata", .object([("uid", JSONValue(other.uid))])),
                ("status", .object([("nominatedNodeName", .null)])),
            ])
            do {
                _ = try await client.patch(.pods, other.key, .strategic(patch), subresource: "status")
            } catch {
                logger.warning(
                    "A pod's nominated node cannot be cleared", metadata: ["pod": "\(other.key)", "error": "\(error)"])
            }
        }
    }
}
