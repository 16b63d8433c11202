import KubernetesModel

extension FrameworkProfile {
    /// ElasticDL: one Master, which makes its workers itself; its pod needs a service account that may.
    ///
    /// ElasticDL finds its master by the name of the pod. Mended against the original: there are defaults. Source: KubeDL
    /// ElasticDLJob.
    package static let elasticDL = FrameworkProfile(
        resource: ResourceType(
            group: "training.kubedl.io", version: "v1alpha1", plural: "elasticdljobs", kind: "ElasticDLJob"),
        replicaSpecsKey: "elasticdlReplicaSpecs",
        roles: [
            RoleRule(
                "Master", exactReplicas: 1, isRequired: true, defaultRestartPolicy: .never, hasService: false,
                isMaster: true, podName: "elasticdl-%-master")
        ],
        defaultContainer: "elasticdl", takesFirstContainer: true,
        defaultPort: NamedPort(name: "elasticdl-port", number: 11111), defaultCleanPodPolicy: .none,
        running: .first(["Master"]), success: .all(["Master"]), environment: { _ in [] })
}

extension CustomResource {
    /// The ElasticDLJob kind.
    package static let elasticDLJob = CustomResource.job(
        .elasticDL, description: "ElasticDLJob runs the master of an ElasticDL job, which makes its own workers.")
}
