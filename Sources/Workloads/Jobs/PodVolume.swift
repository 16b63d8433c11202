import JSON

/// A volume that the controller adds to a pod, and where containers see it.
struct PodVolume: Sendable {
    var name: String
    var mountPath: String
    /// The core/v1 volume source, such as `{"emptyDir": {}}`.
    var source: JSONValue

    /// Adds volume and mounts. A volume of the name in the template is replaced; a mount of the path stays the user's.
    func add(to spec: inout JSONValue) {
        let others = (spec["volumes"]?.array ?? []).filter { $0["name"]?.string != name }
        let volume = JSONValue.object([("name", JSONValue(name))] + (source.members ?? []).map { ($0.key, $0.value) })
        spec["volumes"] = JSONValue(others + [volume])
        let mount: JSONValue = ["name": JSONValue(name), "mountPath": JSONValue(mountPath)]
        let containers = (spec["containers"]?.array ?? []).map { container in
            guard container.kind == .object else { return container }
            var container = container
            let mounts = container["volumeMounts"]?.array ?? []
            if !mounts.contains(where: { $0["mountPath"]?.string == mountPath }) {
                container["volumeMounts"] = JSONValue(mounts + [mount])
            }
            return container
        }
        spec["containers"] = JSONValue(containers)
    }
}
