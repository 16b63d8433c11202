import JSON
import KubernetesModel

/// What the built-in admission plugins do to new pods.
///
/// Source: plugin/pkg/admission/{serviceaccount,priority,defaulttolerationseconds}.
enum PodAdmission {
    /// Throws 403 for a priority class that is not there. `tolerated` are the seconds that a pod stays on a node with a
    /// taint, by the taint's key.
    static func apply(
        to pod: inout JSONValue, priorityClasses: [JSONView], tolerated: [(key: String, seconds: Int)]
    ) throws(StatusBody) {
        var spec = pod["spec"] ?? .object([])
        if spec["serviceAccountName"]?.string?.isEmpty ?? true {
            spec["serviceAccountName"] = "default"
            spec["serviceAccount"] = "default"
        }
        var tolerations = spec["tolerations"]?.elements ?? []
        for (key, seconds) in tolerated where !tolerations.contains(where: { tolerates($0, key) }) {
            tolerations.append([
                "key": JSONValue(key), "operator": "Exists", "effect": "NoExecute",
                "tolerationSeconds": JSONValue(seconds),
            ])
        }
        spec["tolerations"] = JSONValue(tolerations)
        try setPriority(&spec, name: pod.metadataName, priorityClasses)
        pod["spec"] = spec
    }

    /// Where containers find the token of their service account.
    private static let tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// Mounts the token, the authority and the namespace into every container that has nothing at their place.
    ///
    /// Source: KEP-542, plugin/pkg/admission/serviceaccount.
    static func mountToken(in pod: inout JSONValue, suffix: String, isWanted: Bool) {
        guard pod[path: "spec", "automountServiceAccountToken"]?.bool ?? isWanted else { return }
        let prefix = "kube-api-access-"
        let given = pod[path: "spec", "volumes"]?.elements.compactMap { $0["name"]?.string }.first {
            $0.hasPrefix(prefix)
        }
        let name = JSONValue(given ?? prefix + suffix)
        var isMounted = false
        pod.mapObject("spec") { spec in
            for list in ["initContainers", "containers"] {
                spec.mapElements(list) { container in
                    var mounts = container["volumeMounts"]?.elements ?? []
                    guard !mounts.contains(where: { $0["mountPath"]?.string == tokenPath }) else { return }
                    mounts.append(["name": name, "readOnly": true, "mountPath": JSONValue(tokenPath)])
                    container["volumeMounts"] = JSONValue(mounts)
                    isMounted = true
                }
            }
            guard isMounted, given == nil else { return }
            let namespace: JSONValue = ["apiVersion": "v1", "fieldPath": "metadata.namespace"]
            let sources: JSONValue = [
                ["serviceAccountToken": ["expirationSeconds": 3607, "path": "token"]],
                ["configMap": ["name": "kube-root-ca.crt", "items": [["key": "ca.crt", "path": "ca.crt"]]]],
                ["downwardAPI": ["items": [["path": "namespace", "fieldRef": namespace]]]],
            ]
            let volume: JSONValue = ["name": name, "projected": ["sources": sources, "defaultMode": 420]]
            spec["volumes"] = JSONValue((spec["volumes"]?.elements ?? []) + [volume])
        }
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
        let fields: [(String, JSONValue)] = [
            ("priority", JSONValue(chosen?["value"]?.int ?? 0)),
            ("preemptionPolicy", JSONValue(chosen?["preemptionPolicy"]?.string ?? "PreemptLowerPriority")),
        ]
        for (field, computed) in fields {
            if let given = spec[field], !given.isNull, given != computed {
                let words = field == "priority" ? "integer value of priority" : "string value of PreemptionPolicy"
                throw .forbidden(
                    .pods, name: name,
                    "the \(words) (\(given.string ?? given.text)) must not be provided in pod spec; priority admission "
                        + "controller computed \(computed.string ?? computed.text) from the given PriorityClass name")
            }
            spec[field] = computed
        }
    }
}
