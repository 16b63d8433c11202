internal import JSON
internal import KubernetesModel

/// One demand or wish of a pod on how pods spread over the values of a node label.
/// Source: core/v1 `TopologySpreadConstraint`, kube-scheduler plugins/podtopologyspread common.go.
struct SpreadConstraint: Sendable {
    /// Whether a constraint is a demand (`DoNotSchedule`) or a wish (`ScheduleAnyway`).
    enum Strength: Sendable { case hard, soft }

    /// The node label.
    var topologyKey: String
    /// The most by which two domains may differ, ≥ 1.
    var maximumSkew: Int
    /// With fewer domains than this, the emptiest counts as 0.
    var minimumDomains: Int
    private var selector: LabelSelector?
    private var honorsAffinity: Bool
    private var honorsTaints: Bool

    /// The constraints of a pod of one strength.
    static func read(_ pod: SchedulablePod, _ strength: Strength) -> [SpreadConstraint] {
        guard let list = pod.pod.spec.json["topologySpreadConstraints"] else { return [] }
        return list.elements.filter { ($0["whenUnsatisfiable"]?.string == "ScheduleAnyway") == (strength == .soft) }
            .map { SpreadConstraint(json: $0, owner: pod) }
    }

    private init(json: JSONView, owner: SchedulablePod) {
        topologyKey = json["topologyKey"]?.string ?? ""
        maximumSkew = min(max(json["maxSkew"]?.int ?? 1, 1), Int(Int32.max))
        minimumDomains = json["minDomains"]?.int ?? 1
        selector = json["labelSelector"].flatMap { $0.isNull ? nil : try? LabelSelector(json: $0) }
        for key in json["matchLabelKeys"]?.strings ?? [] {
            guard let value = owner.labels[key] else { continue }
            selector?.requirements.append(LabelRequirement(key: key, comparison: .isIn, values: [value]))
        }
        honorsAffinity = json["nodeAffinityPolicy"]?.string != "Ignore"
        honorsTaints = json["nodeTaintsPolicy"]?.string == "Honor"
    }

    /// Whether the constraint looks at `node` for a pod of `spec`.
    func counts(_ node: Node, for spec: PodSpec) -> Bool {
        if honorsAffinity, !NodeAffinity.matches(spec, node) { return false }
        return !honorsTaints || NodeFilters.untolerated(node.taints, spec.tolerations) == nil
    }

    /// Whether the constraint counts `pod`; one without a selector counts none.
    func selects(_ pod: SchedulablePod) -> Bool { selector?.matches(pod.labels) ?? false }

    /// How many of `pods` count for `pod`: those of its namespace that are not on their way out.
    func matching(_ pods: [SchedulablePod], of pod: SchedulablePod) -> Int {
        pods.count { !$0.isDeleting && $0.key.namespace == pod.key.namespace && selects($0) }
    }
}
