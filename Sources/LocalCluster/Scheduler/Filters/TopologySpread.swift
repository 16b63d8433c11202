internal import JSON
internal import KubernetesModel

/// The spread that a pod demands over zones, hosts and the like: its constraints with `DoNotSchedule`, and how many pods
/// each domain has. Source: kube-scheduler plugins/podtopologyspread filtering.go, common.go.
struct TopologySpread: Sendable {
    private struct Constraint {
        var topologyKey: String
        var maximumSkew: Int
        var minimumDomains: Int
        var selector: LabelSelector?
        var honorsAffinity: Bool
        var honorsTaints: Bool
        /// Matching pods by value of the topology key, over nodes that count.
        var counts: [String: Int] = [:]

        func selects(_ pod: SchedulablePod) -> Bool { selector?.matches(pod.labels) ?? false }
    }

    private let pod: SchedulablePod
    private var constraints: [Constraint]

    /// Counts the pods on `nodes`.
    init(of pod: SchedulablePod, _ nodes: [NodeState]) {
        self.pod = pod
        constraints = Self.read(pod)
        guard !constraints.isEmpty else { return }
        let spec = pod.pod.spec
        for state in nodes where hasAllKeys(state.node) {
            for (index, constraint) in constraints.enumerated() {
                if constraint.honorsAffinity, !NodeAffinity.matches(spec, state.node) { continue }
                if constraint.honorsTaints, NodeFilters.untolerated(state.node.taints, spec.tolerations) != nil {
                    continue
                }
                let value = state.node.metadata.labels[constraint.topologyKey] ?? ""
                let matching = state.pods.count { other in
                    !other.isDeleting && other.key.namespace == pod.key.namespace && constraint.selects(other)
                }
                constraints[index].counts[value, default: 0] += matching
            }
        }
    }

    /// Why the pod would be spread too unevenly on `node`; nil if it would not.
    func rejection(on node: Node) -> NodeRejection? {
        let text = "node(s) didn't match pod topology spread constraints"
        for constraint in constraints {
            guard let value = node.metadata.labels[constraint.topologyKey] else {
                return NodeRejection(
                    reasons: [text + " (missing required label)"], isUnresolvable: true, cause: .otherPods)
            }
            guard let fewest = constraint.counts.values.min() else { continue }
            let floor = constraint.counts.count < constraint.minimumDomains ? 0 : fewest
            let count = (constraint.counts[value] ?? 0) + (constraint.selects(pod) ? 1 : 0)
            if count - floor > constraint.maximumSkew {
                return NodeRejection(reasons: [text], isUnresolvable: false, cause: .otherPods)
            }
        }
        return nil
    }

    private func hasAllKeys(_ node: Node) -> Bool {
        constraints.allSatisfy { node.metadata.labels[$0.topologyKey] != nil }
    }

    private static func read(_ pod: SchedulablePod) -> [Constraint] {
        guard let list = pod.pod.spec.json["topologySpreadConstraints"] else { return [] }
        return list.elements.filter { $0["whenUnsatisfiable"]?.string != "ScheduleAnyway" }.map { item in
            var selector = item["labelSelector"].flatMap { $0.isNull ? nil : try? LabelSelector(json: $0) }
            for key in item["matchLabelKeys"]?.strings ?? [] {
                guard let value = pod.labels[key] else { continue }
                selector?.requirements.append(LabelRequirement(key: key, comparison: .isIn, values: [value]))
            }
            return Constraint(
                topologyKey: item["topologyKey"]?.string ?? "", maximumSkew: item["maxSkew"]?.int ?? 1,
                minimumDomains: item["minDomains"]?.int ?? 1, selector: selector,
                honorsAffinity: item["nodeAffinityPolicy"]?.string != "Ignore",
                honorsTaints: item["nodeTaintsPolicy"]?.string == "Honor")
        }
    }
}
