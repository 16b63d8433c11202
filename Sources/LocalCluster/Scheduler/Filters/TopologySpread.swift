internal import JSON
internal import KubernetesModel

/// The spread that a pod demands over zones, hosts and the like: its constraints with `DoNotSchedule`, and how many pods
/// each domain has. Source: kube-scheduler plugins/podtopologyspread filtering.go, common.go.
struct TopologySpread: Sendable {
    private let pod: SchedulablePod
    private var constraints: [SpreadConstraint]
    /// Matching pods by constraint and value of its topology key, over nodes that count.
    private var counts: [[String: Int]] = []

    /// Counts the pods on `nodes`.
    init(of pod: SchedulablePod, _ nodes: [NodeState]) {
        self.pod = pod
        constraints = SpreadConstraint.read(pod, .hard)
        counts = constraints.map { _ in [:] }
        guard !constraints.isEmpty else { return }
        let spec = pod.pod.spec
        for state in nodes where hasAllKeys(state.node) {
            for (index, constraint) in constraints.enumerated() where constraint.counts(state.node, for: spec) {
                let value = state.node.metadata.labels[constraint.topologyKey] ?? ""
                counts[index][value, default: 0] += constraint.matching(state.pods, of: pod)
            }
        }
    }

    /// Why the pod would be spread too unevenly on `node`; nil if it would not.
    func rejection(on node: Node) -> NodeRejection? {
        let text = "node(s) didn't match pod topology spread constraints"
        for (constraint, counts) in zip(constraints, counts) {
            guard let value = node.metadata.labels[constraint.topologyKey] else {
                return NodeRejection(
                    reasons: [text + " (missing required label)"], isUnresolvable: true, cause: .otherPods)
            }
            guard let fewest = counts.values.min() else { continue }
            let floor = counts.count < constraint.minimumDomains ? 0 : fewest
            let count = (counts[value] ?? 0) + (constraint.selects(pod) ? 1 : 0)
            if count - floor > constraint.maximumSkew {
                return NodeRejection(reasons: [text], isUnresolvable: false, cause: .otherPods)
            }
        }
        return nil
    }

    private func hasAllKeys(_ node: Node) -> Bool {
        constraints.allSatisfy { node.metadata.labels[$0.topologyKey] != nil }
    }
}
