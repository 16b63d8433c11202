import JSON
import KubernetesModel
import Workloads

/// A job and what it owns, as last seen.
package struct ObservedJob: Sendable {
    /// The job itself.
    package var job: TrainingJob
    /// Pods whose controller owner is the job, by UID.
    package var pods: [ObservedPod]
    /// Services whose controller owner is the job, by UID.
    package var services: [ObservedService]

    /// An observation from its parts.
    package init(job: TrainingJob, pods: [ObservedPod], services: [ObservedService]) {
        self.job = job
        self.pods = pods
        self.services = services
    }
}

/// What the planner must know of a pod; small, because caches keep one for every pod.
package struct ObservedPod: Sendable, Hashable {
    /// How a container ended.
    package struct Termination: Sendable, Hashable {
        /// The container's name.
        package var container: String
        /// Its exit code.
        package var exitCode: Int
        /// Why, in a word; may be empty.
        package var reason: String
        /// The last line of its termination message, at most 200 characters; may be empty.
        package var lastWords: String

        /// How `container` ended; nil while it has not.
        init?(_ container: ContainerStatus) {
            guard let end = container.termination else { return nil }
            self.container = container.name
            exitCode = end.exitCode
            reason = end.reason
            lastWords = end.message.split(whereSeparator: \.isNewline).last.map { String($0.prefix(200)) } ?? ""
        }
    }

    /// Namespace and name.
    package var key: ObjectKey
    /// Its UID.
    package var uid: String
    /// UID of the controller owner; empty when there is none.
    package var ownerUID: String
    /// Name of the controller owner.
    package var ownerName: String
    /// Kind of the controller owner; empty when there is none.
    package var ownerKind: String
    /// The role as the label has it, in lower case.
    package var roleLabel: String
    /// The index in its role.
    package var index: Int?
    /// Where the pod is in its life.
    package var phase: PodStatus.Phase
    /// Why the pod is in its phase, in a word; often empty.
    package var reason: String
    /// Whether its deletion has begun.
    package var isDeleting: Bool
    /// Whether it runs, or is about to: bound, and its init containers have started or ended.
    package var isActive: Bool
    /// The n-th incarnation of its replica, from 0.
    package var restartCount: Int
    /// The annotation `kubedl.io/host-ports` that the webhook wrote.
    package var hostPorts: String?
    /// Containers that have ended.
    package var terminations: [Termination]
    /// Init containers that have failed.
    package var initFailures: [Termination]
    /// How often the kubelet restarted its containers.
    package var containerRestarts: Int

    /// What the planner must know of `pod`.
    package init(_ pod: Pod) {
        let metadata = pod.metadata
        let status = pod.status
        key = metadata.key
        uid = metadata.uid
        let controller = metadata.controller
        ownerUID = controller?.uid ?? ""
        ownerName = controller?.name ?? ""
        ownerKind = controller?.kind ?? ""
        roleLabel = metadata.labels[.replicaType] ?? ""
        index = metadata.labels[.replicaIndex]
        phase = status.phase
        reason = status.reason
        isDeleting = metadata.isDeleting
        // The annotation is open to anybody: a wild number must not overflow what is counted from it.
        restartCount = min(max(0, metadata.annotations[.restartCount] ?? 0), JobStatus.mostRestarts)
        hostPorts = metadata.annotations[.hostPorts]
        let containers = status.containerStatuses
        terminations = containers.compactMap { Termination($0) }
        initFailures = status.initContainerStatuses.compactMap { Termination($0) }.filter { $0.exitCode != 0 }
        containerRestarts = (containers + status.initContainerStatuses).reduce(0) {
            $0 + min(max(0, $1.restartCount), JobStatus.mostRestarts)
        }
        isActive = phase == .running || (phase == .pending && Self.isStarting(pod))
    }

    private static func isStarting(_ pod: Pod) -> Bool {
        guard pod.spec.nodeName != nil else { return false }
        let started = pod.status.initContainerStatuses.filter {
            if case .waiting = $0.state { return false }
            return $0.state != nil
        }
        return started.count >= pod.spec.initContainers.count
    }

    /// How the named container ended; nil while it has not.
    package func termination(of container: String) -> Termination? {
        terminations.first { $0.container == container }
    }
}

/// What the planner must know of a service.
package struct ObservedService: Sendable, Hashable {
    /// Namespace and name.
    package var key: ObjectKey
    /// Its UID.
    package var uid: String
    /// UID of the controller owner; empty when there is none.
    package var ownerUID: String
    /// Name of the controller owner.
    package var ownerName: String
    /// Kind of the controller owner; empty when there is none.
    package var ownerKind: String
    /// The role as the label has it, in lower case.
    package var roleLabel: String
    /// The index in its role.
    package var index: Int?
    /// Whether its deletion has begun.
    package var isDeleting: Bool
    /// Where each port leads, by the port's name.
    package var targets: [String: ServicePort.Target]

    /// What the planner must know of `service`.
    package init(_ service: Service) {
        let metadata = service.metadata
        key = metadata.key
        uid = metadata.uid
        let controller = metadata.controller
        ownerUID = controller?.uid ?? ""
        ownerName = controller?.name ?? ""
        ownerKind = controller?.kind ?? ""
        roleLabel = metadata.labels[.replicaType] ?? ""
        index = metadata.labels[.replicaIndex]
        isDeleting = metadata.isDeleting
        targets = Dictionary(service.ports.map { ($0.name, $0.targetPort) }, uniquingKeysWith: { first, _ in first })
    }
}
