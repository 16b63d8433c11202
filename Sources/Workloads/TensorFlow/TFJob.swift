import JSON
import KubernetesModel

extension FrameworkProfile {
    /// TensorFlow: parameter servers, workers, and a chief (or master, its older name) that decides where there is one.
    ///
    /// Mended against the original: an Evaluator gets its pods. Source: KubeDL TFJob defaults and status rules.
    package static let tensorFlow = FrameworkProfile(
        resource: ResourceType(group: "training.kubedl.io", version: "v1alpha1", plural: "tfjobs", kind: "TFJob"),
        replicaSpecsKey: "tfReplicaSpecs",
        roles: [
            RoleRule("PS", defaultRestartPolicy: .exitCode, hasService: true),
            RoleRule(
                "Chief", exactReplicas: 1, defaultRestartPolicy: .exitCode, hasService: true, isMaster: true,
                startsAfter: ["PS"]),
            RoleRule(
                "Master", exactReplicas: 1, defaultRestartPolicy: .exitCode, hasService: true, isMaster: true,
                startsAfter: ["PS"]),
            RoleRule("Worker", defaultRestartPolicy: .exitCode, hasService: true, startsAfter: ["PS"]),
            RoleRule("Evaluator", defaultRestartPolicy: .exitCode, hasService: true),
        ],
        defaultContainer: "tensorflow", takesFirstContainer: true,
        defaultPort: NamedPort(name: "tfjob-port", number: 2222), defaultCleanPodPolicy: .running,
        fields: [SuccessPolicy.field],
        running: .first(["Chief", "Master", "Worker"]), success: .leader(["Chief", "Master"], workers: "Worker"),
        environment: TensorFlowEnvironment.variables(for:))
}

extension CustomResource {
    /// The TFJob kind.
    package static let tfJob = CustomResource.job(
        .tensorFlow, description: "TFJob trains one model with TensorFlow, with or without parameter servers.",
        withModel: true)
}

/// What a TensorFlow replica must know of the others.
enum TensorFlowEnvironment {
    /// `TF_CONFIG`; none for a job of one pod. The evaluator sees a cluster without itself.
    ///
    /// Source: KubeDL TFJob; TensorFlow documentation, "Distributed training with TensorFlow", TF_CONFIG.
    static func variables(for replica: ReplicaContext) -> [ReplicaVariable] {
        guard replica.total > 1 else { return [] }
        let config: JSONValue = [
            "cluster": replica.cluster(of: replica.job.profile.roles.filter { $0.name != "Evaluator" }),
            "task": replica.task, "environment": "cloud",
        ]
        return [ReplicaVariable("TF_CONFIG", config.text, isMainOnly: true)]
    }
}
