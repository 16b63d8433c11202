import KubernetesModel

/// One role of a framework: its rules, as data.
package struct RoleRule: Sendable {
    /// The key in the replica map, such as `Master`.
    package var name: String
    /// Replicas when the job does not say.
    package var defaultReplicas: Int
    /// The only count allowed, or nil for any.
    package var exactReplicas: Int?
    /// Whether a job without this role is refused.
    package var isRequired: Bool
    /// Restart policy when the job does not say.
    package var defaultRestartPolicy: RestartPolicy
    /// Whether every pod of this role has a service of its name.
    package var hasService: Bool
    /// Whether pods carry `job-role: master`.
    package var isMaster: Bool
    /// Roles whose pods must run first when pods are not scheduled as a gang.
    package var startsAfter: [String]

    /// A rule from its parts.
    package init(
        _ name: String, defaultReplicas: Int = 1, exactReplicas: Int? = nil, isRequired: Bool = false,
        defaultRestartPolicy: RestartPolicy, hasService: Bool, isMaster: Bool = false, startsAfter: [String] = []
    ) {
        self.name = name
        self.defaultReplicas = defaultReplicas
        self.exactReplicas = exactReplicas
        self.isRequired = isRequired
        self.defaultRestartPolicy = defaultRestartPolicy
        self.hasService = hasService
        self.isMaster = isMaster
        self.startsAfter = startsAfter
    }

    /// The role as labels and names carry it.
    package var label: String { name.lowercased() }
}

/// When a job counts as running and as succeeded, by roles that exist in it.
package struct SuccessRule: Sendable {
    /// Running as soon as one of these roles has an active pod.
    package var runningWhenAnyActive: [String]
    /// Succeeded when every pod of all these roles has succeeded.
    package var succeededWhenAllSucceeded: [String]

    /// A rule from its parts.
    package init(runningWhenAnyActive: [String], succeededWhenAllSucceeded: [String]) {
        self.runningWhenAnyActive = runningWhenAnyActive
        self.succeededWhenAllSucceeded = succeededWhenAllSucceeded
    }
}

/// A port with its name.
package struct NamedPort: Sendable, Hashable {
    /// Its name.
    package var name: String
    /// Its number, 1...65535.
    package var number: Int

    /// A port from its parts.
    package init(name: String, number: Int) {
        self.name = name
        self.number = number
    }
}

/// A training framework as data: one generic controller runs them all.
package struct FrameworkProfile: Sendable {
    /// The kind, such as `PyTorchJob`.
    package var resource: ResourceType
    /// The member of `spec` with the replica map.
    package var replicaSpecsKey: String
    /// Roles in the order in which their pods are made.
    package var roles: [RoleRule]
    /// The container that decides about a pod's success and gets the default port.
    package var defaultContainer: String
    /// The port on which replicas meet.
    package var defaultPort: NamedPort
    /// Clean-up policy when the job does not say.
    package var defaultCleanPodPolicy: CleanPodPolicy
    /// When the job runs and when it has succeeded.
    package var success: SuccessRule
    /// The environment that tells one replica about the others. Pure.
    package var environment: @Sendable (ReplicaContext) -> [ReplicaVariable]

    /// A framework from its parts.
    package init(
        resource: ResourceType, replicaSpecsKey: String, roles: [RoleRule], defaultContainer: String,
        defaultPort: NamedPort, defaultCleanPodPolicy: CleanPodPolicy, success: SuccessRule,
        environment: @escaping @Sendable (ReplicaContext) -> [ReplicaVariable]
    ) {
        self.resource = resource
        self.replicaSpecsKey = replicaSpecsKey
        self.roles = roles
        self.defaultContainer = defaultContainer
        self.defaultPort = defaultPort
        self.defaultCleanPodPolicy = defaultCleanPodPolicy
        self.success = success
        self.environment = environment
    }

    /// Every framework of the suite.
    package static let all: [FrameworkProfile] = [.pyTorch]

    /// The framework of an API group and resource (`pytorchjobs`), if it is ours.
    package static func profile(group: String, resource plural: String) -> FrameworkProfile? {
        all.first { $0.resource.group == group && $0.resource.plural == plural }
    }

    /// The framework of a kind, such as an owner reference names it.
    package static func profile(kind: String, apiVersion: String) -> FrameworkProfile? {
        all.first { $0.resource.kind == kind && $0.resource.apiVersion == apiVersion }
    }

    /// The rule of a role by its exact name.
    package func role(_ name: String) -> RoleRule? { roles.first { $0.name == name } }

    /// The rule of a role in any spelling of upper and lower case.
    package func role(ignoringCase name: String) -> RoleRule? {
        let label = name.lowercased()
        return roles.first { $0.label == label }
    }
}
