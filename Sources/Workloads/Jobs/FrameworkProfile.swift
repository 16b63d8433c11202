import JSON
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
    /// Whether the count may change while the job runs, because no replica knows of another.
    package var isElastic: Bool
    /// The pod's name with `%` for the job's, for a role of one pod that others look for by name; nil for
    /// `<job>-<role>-<index>`.
    package var podName: String?

    /// A rule from its parts.
    package init(
        _ name: String, defaultReplicas: Int = 1, exactReplicas: Int? = nil, isRequired: Bool = false,
        defaultRestartPolicy: RestartPolicy, hasService: Bool, isMaster: Bool = false, startsAfter: [String] = [],
        isElastic: Bool = false, podName: String? = nil
    ) {
        self.name = name
        self.defaultReplicas = defaultReplicas
        self.exactReplicas = exactReplicas
        self.isRequired = isRequired
        self.defaultRestartPolicy = defaultRestartPolicy
        self.hasService = hasService
        self.isMaster = isMaster
        self.startsAfter = startsAfter
        self.isElastic = isElastic
        self.podName = podName
    }

    /// The role as labels and names carry it.
    package var label: String { name.lowercased() }
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
    /// Whether the first container takes that place where none has the name.
    package var takesFirstContainer: Bool
    /// The port on which replicas meet.
    package var defaultPort: NamedPort
    /// Clean-up policy when the job does not say.
    package var defaultCleanPodPolicy: CleanPodPolicy
    /// Where the run policy stands.
    package var runPolicyPath: [String]
    /// Members of `spec` of this framework alone.
    package var fields: [Schema.Property]
    /// Those of `fields` that running pods were made from.
    package var immutableFields: [String]
    /// Rules about several of `fields` together, on `spec`.
    package var rules: [CrossFieldRule]
    /// Defaults of `spec` that only this framework has; applied before those of roles. Twice is as once.
    package var complete: @Sendable (inout JSONValue) -> Void
    /// When the job runs.
    package var running: RunningRule
    /// When the job has succeeded.
    package var success: SuccessRule
    /// Roles of which a pod that is not replaced fails the job; nil for all. Others are judged by these.
    package var failingRoles: [String]?
    /// The environment that tells one replica about the others. Pure.
    package var environment: @Sendable (ReplicaContext) -> [ReplicaVariable]
    /// What else the pod of a replica needs. Pure; given the pod's `spec`.
    package var adapt: @Sendable (ReplicaContext, inout JSONValue) -> Void
    /// Objects that pods need and the job owns, such as a ConfigMap; made before the pods and never changed. Pure; the
    /// caller adds owner and namespace.
    package var companions: @Sendable (TrainingJob) -> [JSONValue]

    /// A framework from its parts.
    package init(
        resource: ResourceType, replicaSpecsKey: String, roles: [RoleRule], defaultContainer: String,
        takesFirstContainer: Bool = false, defaultPort: NamedPort, defaultCleanPodPolicy: CleanPodPolicy,
        runPolicyPath: [String] = ["spec"], fields: [Schema.Property] = [], immutableFields: [String] = [],
        rules: [CrossFieldRule] = [], complete: @escaping @Sendable (inout JSONValue) -> Void = { _ in },
        running: RunningRule, success: SuccessRule, failingRoles: [String]? = nil,
        environment: @escaping @Sendable (ReplicaContext) -> [ReplicaVariable],
        adapt: @escaping @Sendable (ReplicaContext, inout JSONValue) -> Void = { _, _ in },
        companions: @escaping @Sendable (TrainingJob) -> [JSONValue] = { _ in [] }
    ) {
        self.resource = resource
        self.replicaSpecsKey = replicaSpecsKey
        self.roles = roles
        self.defaultContainer = defaultContainer
        self.takesFirstContainer = takesFirstContainer
        self.defaultPort = defaultPort
        self.defaultCleanPodPolicy = defaultCleanPodPolicy
        self.runPolicyPath = runPolicyPath
        self.fields = fields
        self.immutableFields = immutableFields
        self.rules = rules
        self.complete = complete
        self.running = running
        self.success = success
        self.failingRoles = failingRoles
        self.environment = environment
        self.adapt = adapt
        self.companions = companions
    }

    /// Every framework of the suite.
    package static let all: [FrameworkProfile] = [
        .tensorFlow, .pyTorch, .mpi, .xgBoost, .xdl, .mars, .elasticDL, .elasticBatch,
    ]

    /// The framework of an API group and resource (`pytorchjobs`), if it is ours.
    package static func profile(group: String, resource plural: String) -> FrameworkProfile? {
        all.first { $0.resource.group == group && $0.resource.plural == plural }
    }

    /// The framework of a kind, such as an owner reference names it.
    package static func profile(kind: String, apiVersion: String) -> FrameworkProfile? {
        all.first { $0.resource.kind == kind && $0.resource.apiVersion == apiVersion }
    }

    /// The place among `containers` of the one that decides; nil when there is none.
    package func mainContainer(names: [String]) -> Int? {
        names.firstIndex(of: defaultContainer) ?? (takesFirstContainer && !names.isEmpty ? 0 : nil)
    }

    /// The rule of a role by its exact name.
    package func role(_ name: String) -> RoleRule? { roles.first { $0.name == name } }

    /// The rule of a role in any spelling of upper and lower case.
    package func role(ignoringCase name: String) -> RoleRule? {
        let label = name.lowercased()
        return roles.first { $0.label == label }
    }
}
