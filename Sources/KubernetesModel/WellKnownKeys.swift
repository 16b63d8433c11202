// Every label, annotation and other name of ours that objects carry, in one place.

extension LabelKey where Value == String {
    /// The API group whose controller made the object: `training.kubedl.io`.
    package static var groupName: LabelKey<String> { .init("group-name") }
    /// The name of the job that the object belongs to.
    package static var jobName: LabelKey<String> { .init("job-name") }
    /// The replica type in lower case, such as `worker`.
    package static var replicaType: LabelKey<String> { .init("replica-type") }
    /// The role of the replica; `master` on the master's pod.
    package static var jobRole: LabelKey<String> { .init("job-role") }
    /// The gang that the pod is a member of, unique in its namespace.
    package static var gangName: LabelKey<String> { .init("kubedl.io/gang-name") }

    /// The name of the node in the node's own labels.
    package static var hostname: LabelKey<String> { .init("kubernetes.io/hostname") }
    /// The name of the namespace in the namespace's own labels.
    package static var namespaceName: LabelKey<String> { .init("kubernetes.io/metadata.name") }
    /// The service that an endpoint slice belongs to.
    package static var serviceName: LabelKey<String> { .init("kubernetes.io/service-name") }
}

extension LabelKey where Value == Int {
    /// The index of the replica within its type, from 0.
    package static var replicaIndex: LabelKey<Int> { .init("replica-index") }
}

extension AnnotationKey where Value == String {
    /// `host` gives the pods of a job the network of their node and a port drawn from the job's identity.
    package static var networkMode: AnnotationKey<String> { .init("kubedl.io/network-mode") }
    /// What to clone into the pod before it starts: a JSON object.
    package static var gitSyncConfig: AnnotationKey<String> { .init("kubedl.io/git-sync-config") }
    /// Files to fetch into the pod before it starts: a JSON array.
    package static var fileSync: AnnotationKey<String> { .init("kubedl.io/file-sync") }
    /// The host ports of the pod: a JSON object of port name to number, written by the pod webhook.
    package static var hostPorts: AnnotationKey<String> { .init("kubedl.io/host-ports") }
    /// The node that the planner reserved for the pod of a gang, written when it opened the pod's gate.
    package static var reservedNode: AnnotationKey<String> { .init("kubedl.io/reserved-node") }
    /// `enabled` asks for the defaults of pods, `disabled` declines them on a pod that asks for something else.
    package static var podDefaults: AnnotationKey<String> { .init("kubedl.io/defaults") }
    /// What the pod webhook changed and why: one line a change.
    package static var mutations: AnnotationKey<String> { .init("kubedl.io/mutations") }
}

extension AnnotationKey where Value == Int {
    /// How many pods of the gang must fit together, at least 1.
    package static var gangMinMember: AnnotationKey<Int> { .init("kubedl.io/gang-min-member") }
    /// How often this replica was replaced, from 0. Its host port depends on it.
    package static var restartCount: AnnotationKey<Int> { .init("kubedl.io/restart-count") }
}

extension AnnotationKey where Value == CommaList<Int> {
    /// The indices of the node's devices that the pod holds, set when it is bound.
    package static var gpuDevices: AnnotationKey<CommaList<Int>> { .init("kubedl.io/gpu-devices") }
}

/// Names that are neither labels nor annotations.
package enum WellKnownNames {
    /// The scheduling gate that holds the pods of a gang until all of them fit.
    package static let gangSchedulingGate = "kubedl.io/gang"
    /// The extended resource that makes the scheduler call the extender for the pods of a gang. No node offers it.
    package static let gangResource = "kubedl.io/gang"
    /// The pod condition that says whether the pod's gang has room, and if not, what is missing.
    package static let gangCondition = "kubedl.io/GangScheduled"
    /// The extended resource of whole GPUs.
    package static let gpuResource = "nvidia.com/gpu"
    /// The value of the network mode annotation for host networking.
    package static let hostNetworkMode = "host"
    /// The API group of the training jobs, and the value of ``LabelKey/groupName``.
    package static let trainingGroup = "training.kubedl.io"
}
