/// The text of a container's `/etc/hosts`: what DNS would answer in a cluster.
enum HostsFile {
    /// A service and the addresses that its name leads to: its own, or those of the pods of a headless one.
    struct ServiceName: Sendable, Hashable {
        var namespace: String
        var name: String
        var addresses: [String]
        /// Pods that have names of their own below the service: host name and address.
        var members: [Member] = []
    }

    /// A pod's own name below a service.
    struct Member: Sendable, Hashable {
        var hostname: String
        var address: String
    }

    /// The lines for a pod of `namespace` that is called `hostname` and has `address`.
    static func text(
        namespace: String, hostname: String, address: String, services: [ServiceName],
        nodes: [(name: String, address: String)], aliases: [(address: String, names: [String])] = []
    ) -> String {
        var lines = [
            "# Kept by kubedl-local: services, nodes and this pod.", "127.0.0.1\tlocalhost",
            "::1\tlocalhost ip6-localhost ip6-loopback",
        ]
        for alias in aliases { lines.append("\(alias.address)\t\(alias.names.joined(separator: " "))") }
        if !nodes.contains(where: { $0.name == hostname }) { lines.append("\(address)\t\(hostname)") }
        for node in nodes { lines.append("\(node.address)\t\(node.name)") }
        for service in services.sorted(by: { ($0.namespace, $0.name) < ($1.namespace, $1.name) }) {
            let isNear = service.namespace == namespace
            for address in service.addresses {
                lines.append("\(address)\t" + names([service.name], service.namespace, isNear))
            }
            for member in service.members {
                lines.append("\(member.address)\t" + names([member.hostname, service.name], service.namespace, isNear))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func names(_ labels: [String], _ namespace: String, _ isNear: Bool) -> String {
        let name = labels.joined(separator: ".")
        let forms = ["\(name).\(namespace).svc.cluster.local", "\(name).\(namespace).svc", "\(name).\(namespace)"]
        return (forms + (isNear ? [name] : [])).joined(separator: " ")
    }
}
