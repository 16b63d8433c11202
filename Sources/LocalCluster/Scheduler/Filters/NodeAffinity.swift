internal import JSON
internal import KubernetesModel

/// Whether a node is one that a pod names by labels: `nodeSelector` and node affinity.
/// Source: k8s.io/component-helpers nodeaffinity.
enum NodeAffinity {
    /// Whether `node` has all of the pod's `nodeSelector` and matches a term of its required node affinity.
    static func matches(_ spec: PodSpec, _ node: Node) -> Bool {
        guard node.metadata.labels.contains(spec.nodeSelector) else { return false }
        let required = "requiredDuringSchedulingIgnoredDuringExecution"
        guard let rule = spec.affinity?["nodeAffinity"]?[required], !rule.isNull else { return true }
        guard let terms = rule["nodeSelectorTerms"] else { return false }
        return terms.elements.contains { matches(term: $0, node) }
    }

    /// Whether `node` is one that a volume can be reached from.
    static func matches(volume: JSONView, _ node: Node) -> Bool {
        guard let rule = volume["spec"]?["nodeAffinity"]?["required"], !rule.isNull else { return true }
        return rule["nodeSelectorTerms"]?.elements.contains { matches(term: $0, node) } ?? false
    }

    /// The sum of the weights, 1...100 each, of the preferred terms that `node` matches.
    static func preference(of spec: PodSpec, for node: Node) -> Int {
        let terms = spec.affinity?["nodeAffinity"]?["preferredDuringSchedulingIgnoredDuringExecution"]
        return terms?.elements.reduce(0) { sum, term in
            guard let preference = term["preference"], matches(term: preference, node) else { return sum }
            return sum + min(max(term["weight"]?.int ?? 0, 0), 100)
        } ?? 0
    }

    /// A term without requirements matches nothing.
    private static func matches(term: JSONView, _ node: Node) -> Bool {
        let labels = term["matchExpressions"].map { Array($0.elements) } ?? []
        let fields = term["matchFields"].map { Array($0.elements) } ?? []
        guard !labels.isEmpty || !fields.isEmpty else { return false }
        return labels.allSatisfy { matches($0, node.metadata.labels[$0["key"]?.string ?? ""]) }
            && fields.allSatisfy { $0["key"]?.string == "metadata.name" && matches($0, node.name) }
    }

    private static func matches(_ requirement: JSONView, _ value: String?) -> Bool {
        let values = requirement["values"]?.strings ?? []
        switch requirement["operator"]?.string {
        case "In": return value.map(values.contains) ?? false
        case "NotIn": return !(value.map(values.contains) ?? false)
        case "Exists": return value != nil
        case "DoesNotExist": return value == nil
        case "Gt": return compare(value, values) { $0 > $1 }
        case "Lt": return compare(value, values) { $0 < $1 }
        default: return false
        }
    }

    private static func compare(_ value: String?, _ values: [String], _ holds: (Int, Int) -> Bool) -> Bool {
        guard let value = value.flatMap({ Int($0) }), values.count == 1, let limit = Int(values[0]) else {
            return false
        }
        return holds(value, limit)
    }
}
