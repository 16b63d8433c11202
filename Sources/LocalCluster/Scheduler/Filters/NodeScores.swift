internal import JSON
internal import KubernetesModel

/// How good nodes are for a pod: 0...100 by each rule, weighted and summed as in kube-scheduler's default profile.
/// Source: kube-scheduler plugins noderesources, nodeaffinity, tainttoleration,
/// podtopologyspread and interpodaffinity; apis/config/v1 default_plugins.go.
enum NodeScores {
    /// Totals by node, counting pods on all nodes; `namespaces` are the labels of namespaces by name.
    static func totals(
        _ pod: SchedulablePod, _ nodes: [NodeState], among all: [NodeState], _ namespaces: [String: StringMap] = [:]
    ) -> [String: Int] {
        let spec = pod.pod.spec
        let preferences = normalized(nodes.map { NodeAffinity.preference(of: spec, for: $0.node) })
        let dislikes = normalized(nodes.map { intolerable($0.node.taints, spec.tolerations) })
        let spread = SpreadScores.scores(pod, nodes, among: all)
        let nearness = PodAffinityScores.scores(pod, nodes, among: all, namespaces)
        var totals: [String: Int] = [:]
        for (index, node) in nodes.enumerated() {
            totals[node.node.name] =
                leastAllocated(pod, on: node) + balanced(pod, on: node) + 2 * preferences[index]
                + 2 * (spread?[index] ?? 0) + 2 * (nearness?[index] ?? 0) + 3 * (100 - dislikes[index])
        }
        return totals
    }

    /// 0...100: the mean of the shares of CPU and memory that stay free once the pod is there.
    static func leastAllocated(_ pod: SchedulablePod, on state: NodeState) -> Int {
        let wanted = pod.scoredRequests
        let shares = ["cpu", "memory"].compactMap { name -> Int64? in
            let room = state.node.allocatable.amount(of: name).milliValue
            let used = state.scoredRequests.amount(of: name).milliValue + wanted.amount(of: name).milliValue
            if room <= 0 { return nil }
            return used > room ? 0 : Int64(Double(room - used) / Double(room) * 100)
        }
        return shares.isEmpty ? 0 : Int(shares.reduce(0, +)) / shares.count
    }

    /// 0...100: how equal the used shares of CPU and memory are once the pod is there; 0 for a pod that asks for neither.
    static func balanced(_ pod: SchedulablePod, on state: NodeState) -> Int {
        let wanted = ["cpu", "memory"].map { pod.requests.amount(of: $0).milliValue }
        if wanted.allSatisfy({ $0 == 0 }) { return 0 }
        let shares = zip(["cpu", "memory"], wanted).compactMap { name, amount -> Double? in
            let room = state.node.allocatable.amount(of: name).milliValue
            let used = state.requested.amount(of: name).milliValue + amount
            return room <= 0 ? nil : min(Double(used) / Double(room), 1)
        }
        let deviation = shares.count == 2 ? abs(shares[0] - shares[1]) / 2 : 0
        return Int((1 - deviation) * 100)
    }

    /// How many taints ask to keep the pod away without forbidding it.
    private static func intolerable(_ taints: [Taint], _ tolerations: [Toleration]) -> Int {
        taints.count { taint in
            taint.effect == "PreferNoSchedule" && !tolerations.contains { $0.tolerates(taint) }
        }
    }

    /// Brings scores to 0...100 by the highest.
    private static func normalized(_ scores: [Int]) -> [Int] {
        guard let highest = scores.max(), highest > 0 else { return scores.map { _ in 0 } }
        return scores.map { $0 * 100 / highest }
    }

    /// The node with the highest total; fewest pods, then the first name, among equals.
    static func best(_ nodes: [NodeState], scores: [String: Int]) -> NodeState? {
        nodes.min { left, right in
            let (a, b) = (scores[left.node.name] ?? 0, scores[right.node.name] ?? 0)
            if a != b { return a > b }
            if left.podCount != right.podCount { return left.podCount < right.podCount }
            return left.node.name < right.node.name
        }
    }
}
