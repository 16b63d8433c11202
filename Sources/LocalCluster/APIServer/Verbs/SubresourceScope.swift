import JSON
import KubernetesModel

/// What a request may change by the path that it uses: the object without its status, or the status and nothing else.
///
/// Source: PrepareForUpdate and GetResetFields of the strategies in pkg/registry, KEP-555 (status wiping).
enum SubresourceScope {
    /// Puts back what the request may not change.
    static func restrict(_ object: inout JSONValue, _ context: RequestContext, from old: JSONValue) {
        let definition = context.definition
        switch context.path.subresource {
        case "status":
            var kept = old
            kept["status"] = object["status"]
            if definition.custom == nil {
                kept["metadata"] = object["metadata"]
                kept[path: ["metadata", "ownerReferences"]] = old[path: "metadata", "ownerReferences"]
            } else {
                kept[path: ["metadata", "managedFields"]] = object[path: "metadata", "managedFields"]
            }
            object = kept
        case "finalize":
            var kept = old
            kept[path: ["spec", "finalizers"]] = object[path: "spec", "finalizers"]
            object = kept
        default:
            if definition.hasStatus { object["status"] = old["status"] }
        }
    }

    /// Drops from an apply configuration what its manager cannot own by this path.
    static func restrict(_ applied: inout JSONValue, _ context: RequestContext) {
        let definition = context.definition
        guard definition.hasStatus else { return }
        if context.path.subresource == "status" {
            let metadata = applied["metadata"]
            for key in applied.keys where !["apiVersion", "kind", "metadata", "status"].contains(key) {
                applied.remove(key)
            }
            guard definition.custom != nil else { return }
            applied["metadata"] = .object(
                ["name", "namespace", "uid", "resourceVersion"].compactMap { name in
                    metadata?[name].map { (name, $0) }
                })
        } else {
            applied.remove("status")
        }
    }
}
