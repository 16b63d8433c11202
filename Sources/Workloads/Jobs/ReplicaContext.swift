import JSON

/// What a replica's environment may depend on.
package struct ReplicaContext: Sendable {
    /// The job's name.
    package var jobName: String
    /// The replica's role.
    package var role: RoleRule
    /// The replica's index in its role, from 0.
    package var index: Int
    /// Replicas of each role, in the profile's order.
    package var replicas: [(role: RoleRule, count: Int)]
    /// Whether pods use their node's network.
    package var usesHostNetwork: Bool
    /// Whole GPUs that the default container asks for.
    package var gpusPerReplica: Int
    /// The framework's port.
    package var port: NamedPort

    /// A context from its parts.
    package init(
        jobName: String, role: RoleRule, index: Int, replicas: [(role: RoleRule, count: Int)], usesHostNetwork: Bool,
        gpusPerReplica: Int, port: NamedPort
    ) {
        self.jobName = jobName
        self.role = role
        self.index = index
        self.replicas = replicas
        self.usesHostNetwork = usesHostNetwork
        self.gpusPerReplica = gpusPerReplica
        self.port = port
    }

    /// Replicas of all roles together.
    package var total: Int { replicas.reduce(0) { $0 + $1.count } }

    /// The replica's place among all, role by role in the profile's order, from 0.
    package var rank: Int {
        var before = 0
        for entry in replicas {
            if entry.role.name == role.name { return before + index }
            before += entry.count
        }
        return before + index
    }
}

/// One environment variable of a container.
package struct ReplicaVariable: Sendable, Hashable {
    /// Its name.
    package var name: String
    /// Its value; `$(OTHER)` is replaced by the kubelet.
    package var value: String
    /// Whether a value from the user's template is kept.
    package var yieldsToUser: Bool

    /// A variable from its parts.
    package init(_ name: String, _ value: String, yieldsToUser: Bool = false) {
        self.name = name
        self.value = value
        self.yieldsToUser = yieldsToUser
    }

    /// As a core/v1 EnvVar.
    package var json: JSONValue { .object([("name", JSONValue(name)), ("value", JSONValue(value))]) }
}
