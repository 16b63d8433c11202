import JSON
import KubernetesModel

/// The label `kubedl.io/gang-name`: the pod waits behind a scheduling gate until its whole gang fits.
///
/// The first container also asks for one `kubedl.io/gang`, a resource that no node has and kube-scheduler ignores: it
/// only makes kube-scheduler ask the extender about this pod, also when it wants no GPU.
enum GangGate {
    /// The resource that marks pods of gangs for kube-scheduler's `managedResources`.
    static let resource = WellKnownNames.gangResource

    static func mutate(_ edit: inout PodEdit) {
        let label = LabelKey.gangName.name
        guard let gang = edit.json[path: ["metadata", "labels", label]]?.string else { return }
        guard !gang.isEmpty else {
            edit.problems.append(
                .required(FieldPath("metadata", "labels").key(label), "write the gang's name or leave out the label"))
            return
        }
        if let node = edit.pod.spec.nodeName {
            edit.problems.append(
                .forbidden(
                    FieldPath("spec", "nodeName"),
                    "a pod of gang \(gang) is placed with its gang, not by name on \(node); leave out nodeName"))
            return
        }
        if !edit.has(WellKnownNames.gangSchedulingGate, in: "schedulingGates") {
            edit[list: "schedulingGates"].append(.object([("name", JSONValue(WellKnownNames.gangSchedulingGate))]))
            edit.record(
                "spec.schedulingGates", "\(WellKnownNames.gangSchedulingGate) until all of the gang fits",
                because: "\(label): \(gang)")
        }
        addResource(&edit, because: "\(label): \(gang)")
    }

    private static func addResource(_ edit: inout PodEdit, because reason: String) {
        var containers = edit[list: "containers"]
        // Also after another webhook put a container before the one that has it.
        let lists = ["requests", "limits"]
        guard let first = containers.first, first.kind == .object,
            !containers.contains(where: { container in
                lists.allSatisfy { container[path: ["resources", $0, resource]] != nil }
            })
        else { return }
        for key in lists where first[path: ["resources", key, resource]] == nil {
            containers[0][path: ["resources", key, resource]] = "1"
        }
        edit[list: "containers"] = containers
        edit.record(
            "spec.containers[\(first["name"]?.string ?? "")].resources", "1 \(resource), so that the extender is asked",
            because: reason)
    }
}
