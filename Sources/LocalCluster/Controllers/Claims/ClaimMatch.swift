internal import JSON
internal import KubernetesModel

/// Which volume a claim gets. Source: pkg/volume/util `FindMatchingVolume`.
enum ClaimMatch {
    /// Whether a volume is meant for, or bound to, a claim.
    static func isReserved(_ volume: JSONView, for claim: JSONView) -> Bool {
        guard let reference = volume["spec"]?["claimRef"], !reference.isNull else { return false }
        let metadata = claim.meta
        let uid = reference["uid"]?.string ?? ""
        return reference["name"]?.string == metadata.name && reference["namespace"]?.string == metadata.namespace
            && (uid.isEmpty || uid == metadata.uid)
    }

    /// The best volume for a claim: one reserved for it, else the smallest free one that has all it asks for. `node`, if
    /// given, must be able to reach it.
    static func best(_ volumes: [JSONView], for claim: JSONView, on node: JSONView?) -> JSONView? {
        if let reserved = volumes.first(where: { isReserved($0, for: claim) }) { return reserved }
        let fitting = volumes.filter { volume in
            let reference = volume["spec"]?["claimRef"]
            return (reference?.isNull ?? true) && !volume.meta.isDeleting && fits(volume, claim)
                && (node.map { isReachable(volume, from: $0) } ?? true)
        }
        return fitting.min { size($0) < size($1) }
    }

    private static func size(_ volume: JSONView) -> Quantity {
        Quantity(volume["spec"]?["capacity"]?["storage"]?.string ?? "") ?? .zero
    }

    private static func fits(_ volume: JSONView, _ claim: JSONView) -> Bool {
        guard let have = volume["spec"], let wanted = claim["spec"] else { return false }
        let modes = Set(have["accessModes"]?.strings ?? [])
        let least = Quantity(wanted["resources"]?["requests"]?["storage"]?.string ?? "") ?? .zero
        if let selector = wanted["selector"], !selector.isNull {
            guard let selector = try? LabelSelector(json: selector), selector.matches(volume.meta.labels)
            else { return false }
        }
        return have["storageClassName"]?.string ?? "" == wanted["storageClassName"]?.string ?? ""
            && have["volumeMode"]?.string == wanted["volumeMode"]?.string
            && modes.isSuperset(of: wanted["accessModes"]?.strings ?? []) && size(volume) >= least
    }

    /// Whether the node affinity of a volume has a term of `In` requirements that the node's labels meet.
    private static func isReachable(_ volume: JSONView, from node: JSONView) -> Bool {
        guard let terms = volume["spec"]?["nodeAffinity"]?["required"]?["nodeSelectorTerms"] else { return true }
        let labels = node.meta.labels
        return terms.elements.contains { term in
            (term["matchExpressions"].map { Array($0.elements) } ?? []).allSatisfy { requirement in
                requirement["operator"]?.string == "In"
                    && (requirement["values"]?.strings ?? []).contains(labels[requirement["key"]?.string ?? ""] ?? "")
            }
        }
    }
}
