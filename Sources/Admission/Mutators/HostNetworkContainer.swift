import JSON
import KubernetesModel
import Workloads

/// Completes one container of a pod on the host network: its ports, its environment, its probes.
struct HostNetworkContainer {
    let list: HostPortAssignment.ContainerList
    let index: Int
    let assignment: HostPortAssignment
    /// The ports of this container.
    let own: [HostPortAssignment.Entry]

    init(list: HostPortAssignment.ContainerList, index: Int, assignment: HostPortAssignment) {
        self.list = list
        self.index = index
        self.assignment = assignment
        own = assignment.entries.filter { $0.list == list && $0.container == index }
    }

    func complete(_ edit: inout PodEdit, because reason: String) {
        let before = edit[list: list.rawValue][index]
        guard before.kind == .object, isConcerned(before) else { return }
        var container = before
        let renumbered = setPorts(&container)
        for change in renumbered {
            edit.record(
                "spec.\(list.rawValue)[\(before["name"]?.string ?? "")].ports[\(change.port)]",
                "\(change.before) -> host port \(change.after)", because: reason)
        }
        setEnvironment(&container)
        var numbers: [Int: Int] = [:]
        for change in renumbered where numbers[change.before] == nil { numbers[change.before] = change.after }
        var handlers = HostPortHandlers(numbers: numbers, variables: variables)
        handlers.rewrite(&container, at: FieldPath("spec", list.rawValue).index(index))
        edit.problems += handlers.problems
        if container != before { edit[list: list.rawValue][index] = container }
    }

    /// An init container of somebody else's is left alone, unless it has a port or asks for a number.
    private func isConcerned(_ container: JSONValue) -> Bool {
        list == .containers || !own.isEmpty || container.text.contains(HostPortVariable.first)
    }

    private func setPorts(_ container: inout JSONValue) -> [(port: String, before: Int, after: Int)] {
        guard !own.isEmpty, var ports = container["ports"]?.array else { return [] }
        var renumbered: [(port: String, before: Int, after: Int)] = []
        for entry in own {
            let before = ports[entry.position]["containerPort"]?.int ?? 0
            ports[entry.position]["containerPort"] = JSONValue(entry.number)
            ports[entry.position]["hostPort"] = JSONValue(entry.number)
            if before != entry.number { renumbered.append((entry.port, before, entry.number)) }
        }
        container["ports"] = JSONValue(ports)
        return renumbered
    }

    /// The container's own ports come before those of others with the same name.
    private var variables: [(name: String, number: Int)] {
        guard let first = own.first ?? assignment.entries.first else { return [] }
        var variables = [(name: HostPortVariable.first, number: first.number)]
        for entry in assignment.entries {
            let name = HostPortVariable.name(of: entry.port)
            guard !variables.contains(where: { $0.name == name }) else { continue }
            variables.append((name, (own.first { $0.port == entry.port } ?? entry).number))
        }
        return variables
    }

    private func setEnvironment(_ container: inout JSONValue) {
        let ours = variables.map { ReplicaVariable($0.name, String($0.number)).json }
        let names = Set(variables.map(\.name))
        let environment = container["env"]?.array ?? []
        let isOurs = { (variable: JSONValue) in names.contains(variable["name"]?.string ?? "") }
        guard environment.filter(isOurs) != ours else { return }
        // First, because later variables, commands and arguments may refer to them as $(NAME).
        container["env"] = JSONValue(ours + environment.filter { !isOurs($0) })
    }
}
