import JSON
import KubernetesModel

/// The `scale` subresource. Source: k8s.io/api autoscaling/v1 Scale.
extension APICore {
    /// GET NAME/scale.
    func scale(_ context: RequestContext) throws(StatusBody) -> JSONValue {
        guard let paths = context.definition.scale else { throw .pathNotFound() }
        return scale(of: try current(context).value, paths)
    }

    /// PUT and PATCH NAME/scale: changes the number of replicas and nothing else.
    func changeScale(_ context: RequestContext) async throws(StatusBody) -> JSONValue {
        guard let paths = context.definition.scale else { throw .pathNotFound() }
        let body = try RequestBody.object(
            context.body, contentType: context.isPatch ? "application/json" : context.contentType)
        let replicas = body[path: "spec", "replicas"]?.int ?? (context.isPatch ? nil : 0)
        guard let replicas else { return scale(of: try current(context).value, paths) }
        guard replicas >= 0 else {
            throw .invalid(
                ResourceType(
                    group: "autoscaling", version: "v1", plural: "scales", kind: "Scale", isNamespaced: true),
                context.name, [.invalid(FieldPath("spec", "replicas"), replicas, "must be greater than or equal to 0")])
        }
        let version = body[path: "metadata", "resourceVersion"]
        var main = context
        main.path.subresource = nil
        main.namesVersion = !(version?.string ?? "").isEmpty
        let changed = try await change(main) { old throws(StatusBody) in
            var object = old
            object[path: paths.wanted] = JSONValue(replicas)
            if let version { object[path: ["metadata", "resourceVersion"]] = version }
            return object
        }
        return scale(of: changed, paths)
    }

    private func scale(of object: JSONValue, _ paths: ScalePaths) -> JSONValue {
        var metadata = JSONValue.object([])
        for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[field] = object[path: "metadata", field]
        }
        var status: JSONValue = ["replicas": JSONValue(object[path: paths.present]?.int ?? 0)]
        if let steps = paths.selector, let selector = object[path: steps] {
            if let text = selector.string {
                status["selector"] = JSONValue(text)
            } else if let view = try? selector.document().root, let read = try? LabelSelector(json: view) {
                status["selector"] = JSONValue(read.description)
            }
        }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata,
            "spec": ["replicas": JSONValue(object[path: paths.wanted]?.int ?? 0)], "status": status,
        ]
    }
}
