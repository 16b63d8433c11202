import JSON
import KubernetesModel

/// The ports on the node's network of one pod's named ports. The webhook writes them, the controller foresees them.
package struct HostPortAssignment: Sendable, Hashable {
    /// One named port of one container.
    package struct Entry: Sendable, Hashable {
        /// The container's place in `spec.containers`.
        package var container: Int
        /// The port's place in the container's `ports`.
        package var position: Int
        /// The port's name; `<container>/<name>` when an earlier container has a port of the same name.
        package var name: String
        /// The number on the node.
        package var number: Int
    }

    /// In the order of containers and their ports.
    package var entries: [Entry]

    /// Gives every named port of the pod a number in `range`.
    ///
    /// The numbers follow from the controller owner's UID, the labels `replica-type` and `replica-index` (or the index
    /// that Job and JobSet give) and the annotation `kubedl.io/restart-count`. A pod without such an index has its own
    /// name instead, and when that is not yet known `fallback`.
    package init(pod: Pod, namespace: String?, fallback: String, range: Range<Int>) {
        let seed = Seed(pod: pod, namespace: namespace, fallback: fallback)
        var names: Set<String> = []
        entries = []
        for (containerIndex, container) in pod.spec.containers.enumerated() {
            for (position, port) in container.ports.enumerated() where !port.name.isEmpty {
                let number = HostPorts.port(
                    owner: seed.owner, role: seed.role, of: seed.roles, index: seed.index, restart: seed.restart,
                    port: entries.count, in: range)
                let isNew = names.insert(port.name).inserted
                let name = isNew ? port.name : "\(container.name)/\(port.name)"
                entries.append(Entry(container: containerIndex, position: position, name: name, number: number))
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

    /// What the numbers follow from.
    private struct Seed {
        var owner: String
        var role = 0
        var roles = 1
        var index = 0
        var restart: Int

        init(pod: Pod, namespace: String?, fallback: String) {
            let metadata = pod.metadata
            let controller = metadata.controller
            restart = metadata.annotations[.restartCount] ?? 0
            guard let controller, let index = Self.index(metadata), index >= 0 else {
                let name = metadata.name.isEmpty ? fallback : metadata.name
                owner = "\(controller?.uid ?? "")/\(namespace ?? "")/\(name)"
                return
            }
            owner = controller.uid
            self.index = index
            guard let label = metadata.labels[.replicaType] else { return }
            let profile = FrameworkProfile.profile(kind: controller.kind, apiVersion: controller.apiVersion)
            if let roles = profile?.roles, let place = roles.firstIndex(where: { $0.label == label }) {
                self.role = place
                self.roles = roles.count
            } else {
                // A framework that we do not know: its roles spread like different owners.
                owner += "/" + label
            }
        }

        private static func index(_ metadata: ObjectMeta) -> Int? {
            metadata.labels[.replicaIndex] ?? metadata.labels["batch.kubernetes.io/job-completion-index"].flatMap {
                Int($0)
            }
                ?? metadata.annotations["batch.kubernetes.io/job-completion-index"].flatMap { Int($0) }
        }
    }
}
