import JSON
import KubernetesModel

extension FrameworkProfile {
    /// Elastic batch inference: an AIMaster hands out work to Workers that know nothing of each other, so that their
    /// number may change while the job runs.
    ///
    /// Mended against the original: defaults are not added again in every pass. Source: KubeDL ElasticBatchJob.
    package static let elasticBatch = FrameworkProfile(
        resource: ResourceType(
            group: "inference.kubedl.io", version: "v1alpha1", plural: "elasticbatchjobs", kind: "ElasticBatchJob"),
        replicaSpecsKey: "elasticBatchReplicaSpecs",
        roles: [
            RoleRule(
                "AIMaster", exactReplicas: 1, isRequired: true, defaultRestartPolicy: .never, hasService: true,
                isMaster: true),
            RoleRule(
                "Worker", defaultRestartPolicy: .exitCode, hasService: false, startsAfter: ["AIMaster"],
                isElastic: true),
        ],
        defaultContainer: "elasticbatch", defaultPort: NamedPort(name: "elstcbatch-port", number: 23456),
        defaultCleanPodPolicy: .none,
        fields: [SuccessPolicy.field],
        running: .any(["AIMaster", "Worker"]), success: .any(["AIMaster", "Worker"])
    ) { replica in
        guard !replica.role.isMaster else {
            return [
                ReplicaVariable("JOB_NAME", replica.jobName),
                ReplicaVariable("NAMESPACE", replica.job.metadata.namespace ?? ""),
                ReplicaVariable("JOB_TYPE", "ELASTICBATCH"),
            ]
        }
        let config: JSONValue = ["task": replica.task, "environment": "cloud"]
        // The second letter is a small L: programs read the name as KubeDL has always written it.
        return [ReplicaVariable("ElASTICBATCH_CONFIG", config.text, isMainOnly: true)]
    }
}

extension CustomResource {
    /// The ElasticBatchJob kind.
    package static let elasticBatchJob = CustomResource.job(
        .elasticBatch, description: "ElasticBatchJob runs batch inference on a changing number of workers.")
}
