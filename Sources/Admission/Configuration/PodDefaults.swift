import KubernetesModel

/// What pods that carry one of our marks get besides what they ask for; each can be switched off.
package struct PodDefaults: Sendable, Hashable {
    /// What a container's last words are taken from. Source: core/v1 TerminationMessagePolicy.
    package enum TerminationMessagePolicy: String, Sendable, CaseIterable {
        /// The file `terminationMessagePath`: Kubernetes' own default.
        case file = "File"
        /// That file, or the end of the log when the container failed without writing it.
        case fallbackToLogsOnError = "FallbackToLogsOnError"
    }

    /// Extended resources that count as GPUs.
    package var gpuResources = [WellKnownNames.gpuResource]
    /// Whether containers that ask for GPUs get a `/dev/shm` of a useful size.
    package var addsSharedMemory = true
    /// How much of the container's memory `/dev/shm` may take, 1…100.
    package var sharedMemoryPercent = 50
    /// Whether pods that ask for GPUs bear the taint that carries the resource's name.
    package var addsGPUToleration = true
    /// The scheduler of pods that name none; nil leaves Kubernetes' default.
    package var schedulerName: String?
    /// The PriorityClass of pods that name none; nil leaves the cluster's default.
    package var priorityClassName: String?
    /// For containers that have Kubernetes' default; nil leaves it.
    package var terminationMessagePolicy: TerminationMessagePolicy? = .fallbackToLogsOnError
    /// Whether the PodGroup labels and annotations of other schedulers name a gang of ours.
    package var followsPodGroups = false

    /// Everything that helps on any cluster, nothing that depends on one.
    package init() {}
}
