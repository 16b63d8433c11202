import KubernetesModel

/// How controllers mark the pods that they make.
extension ReplicaIdentity {
    /// Our own kinds: `replica-type` and `replica-index` below the job.
    static func own(_ keys: Keys) -> ReplicaIdentity? {
        guard let controller = keys.controller, let index = keys.metadata.labels[.replicaIndex], index >= 0 else {
            return nil
        }
        guard let label = keys.metadata.labels[.replicaType] else {
            return ReplicaIdentity(owner: controller.uid, index: index)
        }
        let roles = FrameworkProfile.profile(kind: controller.kind, apiVersion: controller.apiVersion)?.roles ?? []
        guard let role = roles.firstIndex(where: { $0.label == label }) else {
            // A framework that we do not know: its roles spread like different owners.
            return ReplicaIdentity(owner: controller.uid + "/" + label, index: index)
        }
        return ReplicaIdentity(owner: controller.uid, role: role, roles: roles.count, index: index)
    }

    /// An indexed Job or a StatefulSet. Source: KEP-2214, KEP-4017.
    static func indexed(_ keys: Keys) -> ReplicaIdentity? {
        guard let controller = keys.controller,
            let index = keys.completionIndex ?? keys.count("apps.kubernetes.io/pod-index")
        else { return nil }
        return ReplicaIdentity(owner: controller.uid, index: index, restart: keys.indexFailures)
    }

    /// A JobSet, also that of a Trainer v2 TrainJob: its Jobs are like roles, counted through all replicated jobs.
    /// Source: kubernetes-sigs/jobset api/jobset/v1alpha2/jobset_types.go.
    static func jobSet(_ keys: Keys) -> ReplicaIdentity? {
        let prefix = "jobset.sigs.k8s.io/"
        guard let name = keys[prefix + "jobset-name"], let index = keys.completionIndex else { return nil }
        let attempt = keys.count(prefix + "restart-attempt")
        let restart = attempt.map { min($0, Int.max / 2) + min(keys.indexFailures ?? 0, Int.max / 2) }
        guard let job = keys.count(prefix + "job-global-index"), let jobs = keys.count(prefix + "global-replicas"),
            job < jobs
        else {  // an older JobSet, which did not write them
            return ReplicaIdentity(owner: keys.controller?.uid ?? name, index: index, restart: restart)
        }
        return ReplicaIdentity(
            owner: keys[prefix + "jobset-uid"] ?? "\(keys.namespace)/\(name)", role: job, roles: jobs, index: index,
            restart: restart)
    }

    /// A job of Kubeflow's training operator v1 or MPI operator v2. An MPIJob's launcher may belong to a Job of its own,
    /// so its pods go by the job's name. Source: kubeflow/training-operator pkg/apis/kubeflow.org/v1.
    static func kubeflow(_ keys: Keys) -> ReplicaIdentity? {
        let prefix = "training.kubeflow.org/"
        guard let job = keys[prefix + "job-name"], let controller = keys.controller,
            let type = keys[prefix + "replica-type"] ?? keys[prefix + "job-role"]
        else { return nil }
        let isMPI = controller.kind == "MPIJob" || type == "launcher"
        let roles = kubeflowRoles[isMPI ? "MPIJob" : controller.kind] ?? []
        let owner = isMPI ? "\(keys.namespace)/\(job)" : controller.uid
        let index = keys.count(prefix + "replica-index") ?? 0
        guard let role = roles.firstIndex(of: type.lowercased()) else {
            return ReplicaIdentity(owner: owner + "/" + type, index: index)
        }
        return ReplicaIdentity(owner: owner, role: role, roles: roles.count, index: index)
    }

    private static let kubeflowRoles = [
        "PyTorchJob": ["master", "worker"], "TFJob": ["chief", "master", "ps", "worker", "evaluator"],
        "XGBoostJob": ["master", "worker"], "PaddleJob": ["master", "worker"], "JAXJob": ["worker"],
        "MPIJob": ["launcher", "worker"],
    ]

    /// A LeaderWorkerSet: leader and workers of a group are like roles. Source: kubernetes-sigs/lws api/leaderworkerset/v1.
    static func leaderWorkerSet(_ keys: Keys) -> ReplicaIdentity? {
        let prefix = "leaderworkerset.sigs.k8s.io/"
        guard let name = keys[prefix + "name"], let group = keys.count(prefix + "group-index"),
            let worker = keys.count(prefix + "worker-index"), let size = keys.count(prefix + "size"), worker < size
        else { return nil }
        return ReplicaIdentity(owner: "\(keys.namespace)/\(name)", role: worker, roles: size, index: group)
    }
}
