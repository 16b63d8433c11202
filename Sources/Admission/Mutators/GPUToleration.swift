import JSON
import KubernetesModel

/// Pods that ask for GPUs bear the taint that keeps others off GPU nodes: the resource's name, `NoSchedule`.
///
/// The API server's plugin ExtendedResourceToleration does the same where it is switched on.
enum GPUToleration {
    static func mutate(_ edit: inout PodEdit) {
        guard let defaults = edit.defaults, defaults.addsGPUToleration else { return }
        let containers = edit.pod.spec.containers + edit.pod.spec.initContainers
        for resource in defaults.gpuResources
        where containers.contains(where: { $0.gpuResource(of: [resource]) != nil })
            && !edit[list: "tolerations"].contains(where: { bears($0, resource) })
        {
            edit[list: "tolerations"].append(
                .object([("key", JSONValue(resource)), ("operator", "Exists"), ("effect", "NoSchedule")]))
            edit.record("spec.tolerations", "\(resource) NoSchedule", because: "asks for \(resource)")
        }
    }

    /// Whether the toleration bears every NoSchedule taint of the key. Source: core/v1 Toleration.
    private static func bears(_ toleration: JSONValue, _ key: String) -> Bool {
        let keyText = toleration["key"]?.string ?? ""
        let effect = toleration["effect"]?.string ?? ""
        return toleration["operator"]?.string == "Exists" && (keyText == key || keyText.isEmpty)
            && (effect == "NoSchedule" || effect.isEmpty)
    }
}
