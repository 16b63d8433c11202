import JSON
import KubernetesModel

/// The configured termination message policy, for containers that have Kubernetes' default.
enum TerminationMessage {
    static func mutate(_ edit: inout PodEdit) {
        guard let policy = edit.defaults?.terminationMessagePolicy, policy != .file else { return }
        for list in ["initContainers", "containers"] {
            var containers = edit[list: list]
            var names: [String] = []
            for index in containers.indices where containers[index].kind == .object {
                // The API server fills in File before it asks webhooks.
                let current = containers[index]["terminationMessagePolicy"]?.string ?? "File"
                guard current == "File" else { continue }
                containers[index]["terminationMessagePolicy"] = JSONValue(policy.rawValue)
                names.append(containers[index]["name"]?.string ?? "")
            }
            guard !names.isEmpty else { continue }
            edit[list: list] = containers
            for name in names {
                edit.record(
                    "spec.\(list)[\(name)].terminationMessagePolicy", policy.rawValue,
                    because: "configuration pods.terminationMessagePolicy")
            }
        }
    }
}
