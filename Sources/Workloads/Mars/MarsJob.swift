import JSON
import KubernetesModel

extension FrameworkProfile {
    /// Mars: Schedulers that decide, Workers, and WebServices for people.
    ///
    /// Source: KubeDL MarsJob defaults and status rules.
    package static let mars = FrameworkProfile(
        resource: ResourceType(group: "training.kubedl.io", version: "v1alpha1", plural: "marsjobs", kind: "MarsJob"),
        replicaSpecsKey: "marsReplicaSpecs",
        roles: [
            RoleRule("Scheduler", isRequired: true, defaultRestartPolicy: .never, hasService: true),
            RoleRule("WebService", defaultRestartPolicy: .always, hasService: true, startsAfter: ["Scheduler"]),
            RoleRule("Worker", defaultRestartPolicy: .exitCode, hasService: true, startsAfter: ["Scheduler"]),
        ],
        defaultContainer: "mars", defaultPort: NamedPort(name: "mars-port", number: 11111),
        defaultCleanPodPolicy: .none,
        fields: [
            .optional(
                "webHost", .string().maximumLength(253).described("Host under which people reach the WebService.")),
            .optional("workerMemoryTuningPolicy", MarsMemory.schema),
        ],
        immutableFields: ["workerMemoryTuningPolicy"],
        complete: { spec in
            guard spec["workerMemoryTuningPolicy"].map({ $0.kind == .object || $0.isNull }) ?? true else { return }
            var policy = spec["workerMemoryTuningPolicy"] ?? .object([])
            if policy.isNull { policy = .object([]) }
            if policy["plasmaStore"].isAbsent { policy["plasmaStore"] = "/dev/shm" }
            if policy["lockFreeFileIO"].isAbsent { policy["lockFreeFileIO"] = true }
            spec["workerMemoryTuningPolicy"] = policy
        },
        running: .first(["Worker", "Scheduler"]), success: .all(["Scheduler"]), failingRoles: ["Scheduler"],
        environment: MarsEnvironment.variables(for:), adapt: MarsMemory.addVolumes)
}

extension CustomResource {
    /// The MarsJob kind.
    package static let marsJob = CustomResource.job(
        .mars, description: "MarsJob runs a Mars cluster for large tensors and data frames.")
}
