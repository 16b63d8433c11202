import JSON
import KubernetesModel
import Workloads

/// `kubedl.io/network-mode: host`: the pod uses its node's network, and every named port gets a number there.
///
/// A port's number is known to the pod through its environment and to others through the annotation
/// `kubedl.io/host-ports`. Source: KubeDL host network.
enum HostNetwork {
    private static let wish = "\(AnnotationKey.networkMode.name): \(NetworkMode.host.rawValue)"

    static func mutate(_ edit: inout PodEdit) {
        guard edit.pod.metadata.annotations[.networkMode] == NetworkMode.host.rawValue else { return }
        let pod = edit.pod
        let assignment = HostPortAssignment(
            pod: pod, namespace: edit.request.namespace ?? pod.namespace, fallback: edit.request.uid,
            range: edit.configuration.hostPorts)
        let problems = problems(of: pod, assignment)
        guard problems.isEmpty else {
            edit.problems += problems
            return
        }
        if !pod.spec.hostNetwork {
            edit.json[path: ["spec", "hostNetwork"]] = true
            edit.record("spec.hostNetwork", "true", because: wish)
        }
        // ClusterFirst is what the API server fills in; with host network it would mean the node's own resolver.
        let dnsPolicy = pod.spec.json["dnsPolicy"]?.string ?? ""
        if dnsPolicy.isEmpty || dnsPolicy == "ClusterFirst" {
            edit.json[path: ["spec", "dnsPolicy"]] = "ClusterFirstWithHostNet"
            edit.record("spec.dnsPolicy", "ClusterFirstWithHostNet", because: "names of services still resolve")
        }
        warn(&edit, assignment)
        guard !assignment.entries.isEmpty else { return }
        for list in HostPortAssignment.ContainerList.allCases {
            for index in edit[list: list.rawValue].indices {
                HostNetworkContainer(list: list, index: index, assignment: assignment).complete(&edit, because: wish)
            }
        }
        let text = assignment.json.text
        if pod.metadata.annotations[.hostPorts] != text { edit.json.setAnnotation(.hostPorts, text) }
    }

    private static func problems(of pod: Pod, _ assignment: HostPortAssignment) -> [FieldError] {
        var problems: [FieldError] = []
        let spec = FieldPath("spec")
        let os = "kubernetes.io/os"
        if pod.spec.json[path: "os", "name"]?.string == "windows" {
            problems.append(
                .forbidden(
                    spec.child("os", "name"), "\(wish) works on Linux only; leave out the annotation for Windows"))
        }
        if pod.spec.nodeSelector[os] == "windows" {
            problems.append(
                .forbidden(
                    spec.child("nodeSelector").key(os),
                    "\(wish) works on Linux only; leave out the annotation for Windows"))
        }
        if pod.spec.json["hostUsers"]?.bool == false {
            problems.append(
                .forbidden(
                    spec.child("hostUsers"),
                    "\(wish) needs the node's user namespace; leave out hostUsers: false or the annotation"))
        }
        if assignment.isExhausted {
            problems.append(
                FieldError(
                    path: spec.child("containers"), kind: .tooMany, badJSON: JSONValue(assignment.entries.count),
                    detail: "\(wish) numbers at most \(HostPorts.portsPerPod) named ports of a pod; "
                        + "leave out the names of ports that nobody calls"))
        }
        for list in HostPortAssignment.ContainerList.allCases {
            let containers = list == .containers ? pod.spec.containers : pod.spec.initContainers
            for (index, container) in containers.enumerated() {
                for (position, port) in container.ports.enumerated() {
                    guard let number = port.hostPort, number > 0, number != port.containerPort else { continue }
                    problems.append(
                        .invalid(
                            spec.child(list.rawValue).index(index).child("ports").index(position).child("hostPort"),
                            number,
                            "must be the containerPort \(port.containerPort), as \(wish) makes them one; "
                                + "leave out hostPort to have a number chosen"))
                }
            }
        }
        return problems
    }

    private static func warn(_ edit: inout PodEdit, _ assignment: HostPortAssignment) {
        guard edit.pod.metadata.annotations[.hostPorts] == nil else { return }
        if assignment.entries.isEmpty {
            edit.warnings.append("\(wish): no container has a named port, so no port was chosen; give the port a name")
        } else if edit.pod.spec.hostNetwork {
            edit.warnings.append(
                "\(wish): hostNetwork was set, so ports keep their numbers; leave it out to have them chosen")
        }
    }
}
