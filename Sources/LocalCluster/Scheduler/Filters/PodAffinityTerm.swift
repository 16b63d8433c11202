internal import JSON
internal import KubernetesModel

/// One rule of a pod about where other pods are. Source: core/v1 `PodAffinityTerm`.
struct PodAffinityTerm: Sendable {
    /// The node label whose value makes a place.
    var topologyKey: String
    private var selector: LabelSelector?
    private var namespaces: [String]
    private var namespaceSelector: LabelSelector?

    /// The required terms of `podAffinity` or `podAntiAffinity` (`kind`) of a pod.
    static func required(_ kind: String, of pod: SchedulablePod) -> [PodAffinityTerm] {
        let list = pod.pod.spec.affinity?[kind]?["requiredDuringSchedulingIgnoredDuringExecution"]
        return list?.elements.map { PodAffinityTerm(json: $0, owner: pod) } ?? []
    }

    /// The preferred terms of `podAffinity` or `podAntiAffinity` (`kind`) of a pod, with their weights of 1...100.
    static func preferred(_ kind: String, of pod: SchedulablePod) -> [(term: PodAffinityTerm, weight: Int)] {
        let list = pod.pod.spec.affinity?[kind]?["preferredDuringSchedulingIgnoredDuringExecution"]
        return list?.elements.compactMap { item in
            guard let term = item["podAffinityTerm"] else { return nil }
            return (PodAffinityTerm(json: term, owner: pod), min(max(item["weight"]?.int ?? 0, 0), 100))
        } ?? []
    }

    /// Reads a term of `owner`. Without a selector it selects nothing; without namespaces, it looks at the owner's.
    private init(json: JSONView, owner: SchedulablePod) {
        func selector(_ key: String) -> LabelSelector? {
            json[key].flatMap { $0.isNull ? nil : try? LabelSelector(json: $0) }
        }
        topologyKey = json["topologyKey"]?.string ?? ""
        self.selector = selector("labelSelector")
        for (field, comparison) in [("matchLabelKeys", LabelRequirement.Operator.isIn), ("mismatchLabelKeys", .notIn)] {
            for key in json[field]?.strings ?? [] {
                guard let value = owner.labels[key] else { continue }
                let requirement = LabelRequirement(key: key, comparison: comparison, values: [value])
                self.selector?.requirements.append(requirement)
            }
        }
        namespaceSelector = selector("namespaceSelector")
        namespaces = json["namespaces"]?.strings ?? []
        if namespaces.isEmpty, namespaceSelector == nil { namespaces = [owner.key.namespace ?? ""] }
    }

    /// Whether the term means `pod`; `labels` are the labels of namespaces.
    func selects(_ pod: SchedulablePod, _ labels: [String: StringMap]) -> Bool {
        guard let selector, selector.matches(pod.labels) else { return false }
        let namespace = pod.key.namespace ?? ""
        if namespaces.contains(namespace) { return true }
        return namespaceSelector?.matches(labels[namespace] ?? StringMap(json: nil)) ?? false
    }
}
