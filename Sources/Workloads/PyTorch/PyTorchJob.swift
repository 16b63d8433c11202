import JSON
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
        success: SuccessRule(runningWhenAnyActive: ["Master"], succeededWhenAllSucceeded: ["Master", "Worker"]),
        environment: PyTorchEnvironment.variables(for:))
}

extension CustomResource {
    /// The PyTorchJob kind.
    package static let pyTorchJob = CustomResource(
        FrameworkProfile.pyTorch.resource,
        description: "PyTorchJob trains one model with PyTorch on several pods that start together.",
        spec: .object(
            RunPolicy.properties + [
                .optional("modelVersion", ModelOutput.schema),
                .optional(
                    "cacheBackend",
                    Schema.anyObject.described("KubeDL's data set cache; not implemented in this version and refused.")
                        .nullable),
                .required(
                    FrameworkProfile.pyTorch.replicaSpecsKey,
                    .map(of: ReplicaSpec.schema).minimumEntries(1).maximumEntries(8)
                        .described("Pods by role: Master (exactly one) and Worker.")),
            ]),
        status: JobStatusSchema.schema,
        columns: JobColumns.columns)
}

/// Columns that `kubectl get` shows for jobs.
package enum JobColumns {
    /// Source: KubeDL's printer columns of PyTorchJob; Cache-Backend stays for compatibility.
    package static var columns: [CustomResource.Column] {
        [
            CustomResource.Column("State", ".status.conditions[-1:].type"),
            CustomResource.Column("Age", ".metadata.creationTimestamp", type: "date"),
            CustomResource.Column("Model-Version", ".status.modelVersionName"),
            CustomResource.Column("Cache-Backend", ".status.cacheBackendName"),
            CustomResource.Column("Max-Lifetime", ".spec.activeDeadlineSeconds", type: "integer"),
            CustomResource.Column("TTL-After-Finished", ".spec.ttlSecondsAfterFinished", type: "integer"),
        ]
    }
}
