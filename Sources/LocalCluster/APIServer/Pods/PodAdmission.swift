import JSON
import KubernetesModel

/// What the built-in admission plugins do to new pods.
///
/// Source: plugin/pkg/admission/{serviceaccount,priority,defaulttolerationseconds}.
enum PodAdmission {
    /// Seconds that a pod stays on a node that is not ready or not reachable.
    private static let tolerationSeconds = 300

    /// Throws 403 for a priority class that is not there.
    static func apply(to pod: inout JSONValue, priorityClasses: [JSONView]) throws(StatusBody) {
        var spec = pod["spec"] ?? .object([])
        if spec["serviceAccountName"]?.string?.isEmpty ?? true {
            spec["serviceAccountName"] = "default"
            spec["serviceAccount"] = "default"
        }
        var tolerations = spec["tolerations"]?.elements ?? []
        for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]
        where !tolerations.contains(where: { tolerates($0, key) }) {
            tolerations.append([
                "key": JSONValue(key), "operator": "Exists", "effect": "NoExecute",
                "tolerationSeconds": JSONValue(tolerationSeconds),
            ])
        }
        spec["tolerations"] = JSONValue(tolerations)
        try setPriority(&spec, name: pod.metadataName, priorityClasses)
        pod["spec"] = spec
    }

    private static func tolerates(_ toleration: JSONValue, _ key: String) -> Bool {
        let effect = toleration["effect"]?.string ?? ""
        let own = toleration["key"]?.string ?? ""
        return (own == key || own.isEmpty) && (effect.isEmpty || effect == "NoExecute")
    }

    private static func setPriority(
        _ spec: inout JSONValue, name: String, _ classes: [JSONView]
    ) throws(StatusBody) {
        let wanted = spec["priorityClassName"]?.string ?? ""
        let chosen: JSONView?
        if wanted.isEmpty {
            chosen = classes.first { $0["globalDefault"]?.bool == true }
        } else {
            chosen = classes.first { $0[path: "metadata", "name"]?.string == wanted }
            if chosen == nil {
                throw .forbidden(.pods, name: name, "no PriorityClass with name \(wanted) was found")
            }
        }
        if wanted.isEmpty, let found = chosen?[path: "metadata", "name"]?.string {
            spec["priorityClassName"] = JSONValue(found)
        }
        spec["priority"] = JSONValue(chosen?["value"]?.int ?? 0)
        spec.setDefaultText("preemptionPolicy", chosen?["preemptionPolicy"]?.string ?? "PreemptLowerPriority")
    }
}
