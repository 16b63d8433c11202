import JSON
import KubernetesModel
import Workloads

/// `kubedl.io/network-mode: host`: the pod uses its node's network, and every named port gets a number there.
///
/// A port's number is known to the pod through its environment and to others through the annotation
/// `kubedl.io/host-ports`. Source: KubeDL host network.
enum HostNetwork {
    static func mutate(_ edit: inout PodEdit) {
        guard edit.pod.metadata.annotations[.networkMode] == NetworkMode.host.rawValue else { return }
        if edit.pod.spec.hostNetwork != true {
            edit.json[path: ["spec", "hostNetwork"]] = true
            edit.changes.append("host network on")
        }
        // ClusterFirst is what the API server fills in; with host network it would mean the node's own resolver.
        let dnsPolicy = edit.pod.spec.json["dnsPolicy"]?.string ?? ""
        if dnsPolicy.isEmpty || dnsPolicy == "ClusterFirst" {
            edit.json[path: ["spec", "dnsPolicy"]] = "ClusterFirstWithHostNet"
        }
        assignPorts(&edit)
    }

    private static func assignPorts(_ edit: inout PodEdit) {
        let assignment = assignment(for: edit)
        guard !assignment.entries.isEmpty else { return }
        var containers = edit[list: "containers"]
        for entry in assignment.entries {
            guard var ports = containers[entry.container]["ports"]?.array else { continue }
            let before = ports[entry.position]["containerPort"]?.int
            ports[entry.position]["containerPort"] = JSONValue(entry.number)
            ports[entry.position]["hostPort"] = JSONValue(entry.number)
            containers[entry.container]["ports"] = JSONValue(ports)
            if before != entry.number {
                let name = containers[entry.container]["name"]?.string ?? ""
                edit.changes.append(
                    "port \(entry.name) of container \(name): \(before ?? 0) -> host port \(entry.number)")
            }
        }
        let variables = variables(for: assignment)
        for index in containers.indices {
            let names = Set(variables.map(\.name))
            let others = (containers[index]["env"]?.array ?? []).filter { !names.contains($0["name"]?.string ?? "") }
            // First, because later variables, commands and arguments may refer to them as $(NAME).
            containers[index]["env"] = JSONValue(variables.map(\.json) + others)
        }
        edit[list: "containers"] = containers
        let text = assignment.json.text
        if edit.pod.metadata.annotations[.hostPorts] != text { edit.json.setAnnotation(.hostPorts, text) }
    }

    /// The numbers that the pod has already, when this has run before on a pod whose own name is not known; else those
    /// that follow from who it is.
    private static func assignment(for edit: PodEdit) -> HostPortAssignment {
        let pod = edit.pod
        var assignment = HostPortAssignment(
            pod: pod, namespace: edit.request.namespace ?? pod.namespace, fallback: edit.request.uid,
            range: edit.configuration.hostPorts)
        guard pod.spec.hostNetwork, let annotation = pod.metadata.annotations[.hostPorts] else { return assignment }
        let containers = pod.spec.containers
        let given = assignment.entries.map { entry in
            let port = containers[entry.container].ports[entry.position]
            let number = HostPortAssignment.number(of: entry.name, in: annotation)
            return number == port.containerPort && number == port.hostPort ? number : nil
        }
        guard given.allSatisfy({ $0 != nil }) else { return assignment }
        for (index, number) in given.enumerated() {
            if let number { assignment.entries[index].number = number }
        }
        return assignment
    }

    private static func variables(for assignment: HostPortAssignment) -> [ReplicaVariable] {
        var variables: [ReplicaVariable] = []
        if let first = assignment.entries.first {
            variables.append(ReplicaVariable(HostPortVariable.first, String(first.number)))
        }
        for entry in assignment.entries where !entry.name.contains("/") {
            variables.append(ReplicaVariable(HostPortVariable.name(of: entry.name), String(entry.number)))
        }
        return variables
    }
}
