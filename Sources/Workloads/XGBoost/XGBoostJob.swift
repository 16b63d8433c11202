import KubernetesModel

extension FrameworkProfile {
    /// XGBoost: one Master that tracks, and Workers; the Master decides.
    ///
    /// Mended against the original: the run policy that a job gives counts, and a finished job stays unless it says
    /// otherwise (there, every job went after 100 seconds); ranks do not collide. Source: KubeDL XGBoostJob.
    package static let xgBoost = FrameworkProfile(
        resource: ResourceType(
            group: "training.kubedl.io", version: "v1alpha1", plural: "xgboostjobs", kind: "XGBoostJob"),
        replicaSpecsKey: "xgbReplicaSpecs",
        roles: [
            RoleRule(
                "Master", exactReplicas: 1, isRequired: true, defaultRestartPolicy: .never, hasService: true,
                isMaster: true),
            RoleRule("Worker", defaultRestartPolicy: .never, hasService: true, startsAfter: ["Master"]),
        ],
        defaultContainer: "xgboostjob", defaultPort: NamedPort(name: "xgboostjob-port", number: 9999),
        defaultCleanPodPolicy: .none,
        running: .first(["Master"]), success: .all(["Master"])
    ) { replica in
        let master = replica.replicas.first { $0.role.isMaster }?.role ?? replica.role
        let isMaster = replica.role.isMaster
        return [
            ReplicaVariable("MASTER_ADDR", replica.name(of: master, 0)),
            ReplicaVariable("MASTER_PORT", isMaster ? replica.ownPort : String(replica.job.port(of: master).number)),
            ReplicaVariable("WORLD_SIZE", String(replica.total)),
            ReplicaVariable("RANK", String(replica.rank)),
            ReplicaVariable("PYTHONUNBUFFERED", "0", yieldsToUser: true),
        ]
    }
}

extension CustomResource {
    /// The XGBoostJob kind.
    package static let xgBoostJob = CustomResource.job(
        .xgBoost, description: "XGBoostJob trains one model with distributed XGBoost.")
}
