import JSON
import KubernetesModel

/// The ports on the node's network of one pod's named ports. The webhook writes them, the controller foresees them.
package struct HostPortAssignment: Sendable, Hashable {
    /// Where a pod lists containers; the raw value is the member of its spec.
    package enum ContainerList: String, Sendable, CaseIterable {
        case containers, initContainers
    }

    /// One named port of one container.
    package struct Entry: Sendable, Hashable {
        /// Where the container is listed.
        package var list: ContainerList
        /// The container's place in ``list``.
        package var container: Int
        /// The port's place in the container's `ports`.
        package var position: Int
        /// The port's own name.
        package var port: String
        /// What the port is known by in the pod: its name, or `<container>/<name>` when an earlier container has a port
        /// of the same name.
        package var name: String
        /// The number on the node.
        package var number: Int
    }

    /// In the order of containers and their ports, those of init containers last.
    package var entries: [Entry] = []
    /// Whether there are more named ports than ``HostPorts/portsPerPod``: then some share a number.
    package var isExhausted = false

    /// Gives every named port of the pod a number: the `hostPort` that it has already, else one in `range` that follows
    /// from the pod's ``ReplicaIdentity``. Ports of one container with one number and different protocols share theirs.
    package init(pod: Pod, namespace: String?, fallback: String, range: Range<Int>) {
        let identity = ReplicaIdentity(pod: pod, namespace: namespace, fallback: fallback)
        let lists = [(ContainerList.containers, pod.spec.containers), (.initContainers, pod.spec.initContainers)]
        var taken = Set(
            lists.flatMap(\.1).flatMap(\.ports).compactMap { $0.hostPort ?? ($0.name.isEmpty ? $0.containerPort : nil) }
        )
        var names: Set<String> = []
        var next = 0
        for (list, containers) in lists {
            for (index, container) in containers.enumerated() {
                var shared: [Int: (number: Int, protocols: Set<String>)] = [:]
                for (position, port) in container.ports.enumerated() where !port.name.isEmpty {
                    var number = port.hostPort ?? 0
                    if number == 0, let other = shared[port.containerPort],
                        !other.protocols.contains(port.networkProtocol)
                    {
                        number = other.number
                    }
                    while number == 0 {
                        let candidate = identity.port(next, in: range)
                        isExhausted = isExhausted || next >= HostPorts.portsPerPod
                        next += 1
                        if !taken.contains(candidate) || isExhausted { number = candidate }
                    }
                    taken.insert(number)
                    shared[port.containerPort, default: (number, [])].protocols.insert(port.networkProtocol)
                    let name = names.insert(port.name).inserted ? port.name : "\(container.name)/\(port.name)"
                    entries.append(
                        Entry(
                            list: list, container: index, position: position, port: port.name, name: name,
                            number: number))
                }
            }
        }
    }

    /// The number of the named port.
    package func number(of name: String) -> Int? { entries.first { $0.name == name }?.number }

    /// As the annotation `kubedl.io/host-ports` has it: name to number.
    package var json: JSONValue { .object(entries.map { ($0.name, JSONValue($0.number)) }) }

    /// Reads a number back from the annotation's text.
    package static func number(of name: String, in annotation: String?) -> Int? {
        guard let annotation, let json = try? JSONDocument(parsing: annotation).root, let number = json[name]?.int,
            (1...65535).contains(number)
        else { return nil }
        return number
    }
}
