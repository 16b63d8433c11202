import JSON
import KubernetesModel

/// The label `kubedl.io/gang-name`: the pod waits behind a scheduling gate until its whole gang fits.
///
/// The first container also asks for one `kubedl.io/gang`, a resource that no node has and kube-scheduler ignores: it
/// only makes kube-scheduler ask the extender about this pod, also when it wants no GPU.
enum GangGate {
    /// The resource that marks pods of gangs for kube-scheduler's `managedResources`.
    static let resource = "kubedl.io/gang"

    static func mutate(_ edit: inout PodEdit) {
        guard let gang: String = edit.pod.metadata.labels[.gangName] else { return }
        guard !gang.isEmpty else {
            edit.problems.append(.required(FieldPath("metadata", "labels").key(LabelKey.gangName.name)))
            return
        }
        if let node = edit.pod.spec.nodeName {
            edit.problems.append(
                .forbidden(
                    FieldPath("spec", "nodeName"),
                    "a pod of gang \(gang) is placed with its gang, not by name on \(node)"))
            return
        }
        if !edit.has(WellKnownNames.gangSchedulingGate, in: "schedulingGates") {
            edit[list: "schedulingGates"].append(.object([("name", JSONValue(WellKnownNames.gangSchedulingGate))]))
            edit.changes.append("scheduling gate \(WellKnownNames.gangSchedulingGate) for gang \(gang)")
        }
        addResource(&edit)
    }

    private static func addResource(_ edit: inout PodEdit) {
        var containers = edit[list: "containers"]
        guard let first = containers.first, first.kind == .object else { return }
        for key in ["requests", "limits"] where first[path: ["resources", key, resource]] == nil {
            containers[0][path: ["resources", key, resource]] = "1"
        }
        if containers[0] != first { edit[list: "containers"] = containers }
    }
}
