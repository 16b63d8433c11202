import KubernetesModel

extension FrameworkProfile {
    /// PyTorch: one Master, any number of Workers, all of which must succeed.
    ///
    /// Source: KubeDL PyTorchJob defaults and status rules.
    package static let pyTorch = FrameworkProfile(
        resource: ResourceType(
            group: "training.kubedl.io", version: "v1alpha1", plural: "pytorchjobs", kind: "PyTorchJob",
            isNamespaced: true),
        replicaSpecsKey: "pytorchReplicaSpecs",
        roles: [
            RoleRule(
                "Master", exactReplicas: 1, isRequired: true, defaultRestartPolicy: .exitCode, hasService: true,
                isMaster: true),
            RoleRule("Worker", defaultRestartPolicy: .onFailure, hasService: false, startsAfter: ["Master"]),
        ],
        defaultContainer: "pytorch",
        defaultPort: NamedPort(name: "pytorchjob-port", number: 23456),
        defaultCleanPodPolicy: .none,
        running: .first(["Master"]), success: .all(["Master", "Worker"]),
        environment: PyTorchEnvironment.variables(for:))
}

extension CustomResource {
    /// The PyTorchJob kind.
    package static let pyTorchJob = CustomResource.job(
        .pyTorch, description: "PyTorchJob trains one model with PyTorch on several pods that start together.",
        withModel: true)
}
