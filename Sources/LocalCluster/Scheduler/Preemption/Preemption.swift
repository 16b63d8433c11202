internal import KubernetesModel

/// Whom to evict, and where, so that a pod fits that no node can take. Pure.
/// Source: kube-scheduler plugins/defaultpreemption and framework/preemption.
enum Preemption {
    /// Why a pod may not evict others; nil if it may.
    static func ineligibility(
        of pod: SchedulablePod, nominatedTo nominated: String?, _ nodes: [NodeState],
        _ rejections: [String: NodeRejection]
    ) -> String? {
        if pod.preemptsNever { return "not eligible due to preemptionPolicy=Never." }
        guard let nominated, rejections[nominated]?.isUnresolvable != true,
            let node = nodes.first(where: { $0.node.name == nominated })
        else { return nil }
        let isWaiting = node.pods.contains { $0.priority < pod.priority && $0.isGoingByPreemption }
        return isWaiting ? "not eligible due to a terminating pod on the nominated node." : nil
    }

    /// The nodes on which evictions help, and why others do not help.
    static func candidates(
        _ feasibility: Feasibility, _ nodes: [NodeState], _ rejections: [String: NodeRejection],
        _ budgets: [DisruptionBudget]
    ) -> (candidates: [NodeVictims], reasons: [String: [String]]) {
        var candidates: [NodeVictims] = []
        var reasons: [String: [String]] = [:]
        for (index, node) in nodes.enumerated() {
            let name = node.node.name
            if rejections[name]?.isUnresolvable ?? true {
                reasons[name] = ["Preemption is not helpful for scheduling"]
                continue
            }
            switch victims(feasibility, at: index, in: nodes, budgets) {
            case .success(let victims): candidates.append(victims)
            case .failure(let refusal): reasons[name] = refusal.reasons
            }
        }
        return (candidates, reasons)
    }

    /// Why evictions on a node do not help.
    struct Refusal: Error, Hashable {
        /// In the words of kube-scheduler.
        var reasons: [String]
    }

    /// The fewest and least important pods of the node at `index` that must go: all lower ones go, then as many as possible
    /// come back, those that a budget protects first and the more important before others.
    static func victims(
        _ feasibility: Feasibility, at index: Int, in nodes: [NodeState], _ budgets: [DisruptionBudget]
    ) -> Result<NodeVictims, Refusal> {
        let lower = nodes[index].pods.filter { $0.priority < feasibility.pod.priority }.sorted(by: isMoreImportant)
        if lower.isEmpty { return .failure(Refusal(reasons: ["No preemption victims found for incoming pod"])) }
        var nodes = nodes
        for pod in lower { nodes[index].remove(pod) }
        if let rejection = feasibility.rejection(at: index, in: nodes) {
            return .failure(Refusal(reasons: rejection.reasons))
        }
        let protected = DisruptionBudget.violating(lower, budgets)
        var victims: [SchedulablePod] = []
        for pod in lower.filter({ protected.contains($0.uid) }) + lower.filter({ !protected.contains($0.uid) }) {
            nodes[index].add(pod)
            if feasibility.rejection(at: index, in: nodes) != nil {
                nodes[index].remove(pod)
                victims.append(pod)
            }
        }
        let name = nodes[index].node.name
        if victims.isEmpty {
            return .failure(Refusal(reasons: ["expected at least one victim pod on node \"\(name)\""]))
        }
        let violations = victims.count { protected.contains($0.uid) }
        return .success(
            NodeVictims(node: name, pods: victims.sorted(by: isMoreImportant), violations: violations))
    }

    /// Whether `left` is the one to keep: of higher priority, else the one that started first.
    static func isMoreImportant(_ left: SchedulablePod, _ right: SchedulablePod) -> Bool {
        if left.priority != right.priority { return left.priority > right.priority }
        return isEarlier(left.started, right.started)
    }

    /// The node to take: the fewest violations of budgets, the lowest of the highest priorities, the lowest sum of
    /// priorities, the fewest victims, the latest start of the most important victims, the first.
    static func best(_ candidates: [NodeVictims]) -> NodeVictims? {
        candidates.min { left, right in
            let (a, b) = (rank(left), rank(right))
            if a != b { return a.lexicographicallyPrecedes(b) }
            return isEarlier(start(right), start(left))
        }
    }

    private static func rank(_ victims: NodeVictims) -> [Int] {
        let highest = victims.pods.first?.priority ?? 0
        let sum = victims.pods.reduce(0) { $0 &+ $1.priority &+ (1 << 31) }
        return [victims.violations, highest, sum, victims.pods.count]
    }

    /// When the first of the most important victims started.
    private static func start(_ victims: NodeVictims) -> Timestamp? {
        let highest = victims.pods.map(\.priority).max()
        return victims.pods.filter { $0.priority == highest }.map(\.started).min(by: isEarlier) ?? nil
    }

    /// Orders starts; nil has not started yet and is the latest.
    private static func isEarlier(_ left: Timestamp?, _ right: Timestamp?) -> Bool {
        guard let left else { return false }
        return right.map { left < $0 } ?? true
    }
}
