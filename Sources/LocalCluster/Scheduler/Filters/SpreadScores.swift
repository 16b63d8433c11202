internal import KubernetesModel

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// How well nodes serve a pod's wish to be spread: its constraints with `ScheduleAnyway`.
/// Source: kube-scheduler plugins/podtopologyspread scoring.go.
enum SpreadScores {
    /// 0...100 for each of `nodes`, counting pods on all nodes; nil for a pod without such wishes.
    static func scores(_ pod: SchedulablePod, _ nodes: [NodeState], among all: [NodeState]) -> [Int]? {
        let constraints = SpreadConstraint.read(pod, .soft)
        if constraints.isEmpty { return nil }
        let spec = pod.pod.spec
        func hasAllKeys(_ state: NodeState) -> Bool {
            constraints.allSatisfy { state.node.metadata.labels[$0.topologyKey] != nil }
        }
        var raw = nodes.map { hasAllKeys($0) ? 0.0 : nil }
        for constraint in constraints {
            func value(_ state: NodeState) -> String { state.node.metadata.labels[constraint.topologyKey] ?? "" }
            var counts: [String: Int] = [:]
            for state in all where hasAllKeys(state) && constraint.counts(state.node, for: spec) {
                counts[value(state), default: 0] += constraint.matching(state.pods, of: pod)
            }
            let domains = Set(nodes.filter(hasAllKeys).map(value))
            let weight = log(Double(domains.count + 2))
            for (index, node) in nodes.enumerated() {
                guard let sum = raw[index] else { continue }
                let count = counts[value(node)] ?? 0
                raw[index] = sum + Double(count) * weight + Double(constraint.maximumSkew - 1)
            }
        }
        return normalized(raw.map { $0.map { Int($0.rounded()) } })
    }

    /// The emptiest gets 100; nodes without the labels get 0.
    private static func normalized(_ raw: [Int?]) -> [Int] {
        let known = raw.compactMap { $0 }
        guard let least = known.min(), let most = known.max() else { return raw.map { _ in 0 } }
        return raw.map { score in
            guard let score else { return 0 }
            return most == 0 ? 100 : 100 * (most + least - score) / most
        }
    }
}
