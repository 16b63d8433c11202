import KubernetesModel

/// Who a pod is among the pods of its job, from the pod alone: what its host ports follow from.
struct ReplicaIdentity: Hashable {
    /// What all pods of one job share, and pods of others do not.
    var owner: String
    /// The role's place, from 0.
    var role = 0
    /// How many roles there are, at least 1.
    var roles = 1
    /// The index in its role, from 0.
    var index = 0
    /// The n-th incarnation, as far as the pod says; nil when it does not.
    var restart: Int?

    init(owner: String, role: Int = 0, roles: Int = 1, index: Int = 0, restart: Int? = nil) {
        self.owner = owner
        self.role = role
        self.roles = roles
        self.index = index
        self.restart = restart
    }

    /// The identity by the first convention that the pod follows, else by its name, and when that is not yet known by
    /// `fallback`, the admission request's UID.
    ///
    /// The annotation `kubedl.io/restart-count` counts incarnations of any pod. Without it and without a count of its
    /// own controller, a pod that a controller made takes `fallback` for it, since the pod that follows a failed one has
    /// the same name or index but another request. A bare pod of the same name stays with its number.
    init(pod: Pod, namespace: String?, fallback: String) {
        let metadata = pod.metadata
        let keys = Keys(metadata: metadata, namespace: namespace ?? "")
        let name = metadata.name.isEmpty ? fallback : metadata.name
        self =
            Self.jobSet(keys) ?? Self.kubeflow(keys) ?? Self.leaderWorkerSet(keys) ?? Self.own(keys) ?? Self.indexed(
                keys)
            ?? ReplicaIdentity(owner: "\(keys.controller?.uid ?? "")/\(keys.namespace)/\(name)")
        let isForeign = keys.controller.map { !$0.group.hasSuffix("kubedl.io") } ?? false
        restart =
            metadata.annotations[.restartCount] ?? restart
            ?? (isForeign ? Int(HostPorts.hash(fallback) % UInt64(HostPorts.blockSize)) : 0)
    }

    /// The number of the pod's n-th named port, from 0.
    func port(_ position: Int, in range: Range<Int>) -> Int {
        HostPorts.port(
            owner: owner, role: role, of: roles, index: index, restart: restart ?? 0, port: position, in: range)
    }

    /// Labels and annotations read alike, as controllers write either.
    struct Keys {
        let metadata: ObjectMeta
        let namespace: String
        var controller: OwnerReference? { metadata.controller }

        subscript(key: String) -> String? { metadata.labels[key] ?? metadata.annotations[key] }

        func count(_ key: String) -> Int? { self[key].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }

        /// The index of an indexed Job's pod. Source: batch/v1 `JobCompletionIndexAnnotation`.
        var completionIndex: Int? { count("batch.kubernetes.io/job-completion-index") }
        /// How often the index failed, when the Job has `backoffLimitPerIndex`. Source: KEP-3850.
        var indexFailures: Int? { count("batch.kubernetes.io/job-index-failure-count") }
    }
}
