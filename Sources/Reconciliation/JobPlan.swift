import JSON
import KubernetesModel
import Workloads

/// What to do about a job, in the order in which it is applied: creations, the status, events, deletions.
///
/// The status stands before the deletions, so that nothing that they take away is lost when the process ends between
/// the two: a success is recorded before its pods go, a restart is counted before its pod is replaced.
package struct JobPlan: Sendable {
    /// What pods need to be accepted or to start, such as a ConfigMap; made before everything else.
    package var companions: [JobCreation] = []
    /// Services first, then pods; independent of each other.
    package var creations: [JobCreation] = []
    /// Services whose ports lead somewhere else now.
    package var patches: [ServicePatch] = []
    /// The whole new status; nil when it is as stored.
    package var status: JSONValue?
    /// Recorded once the status is written.
    package var events: [PlannedEvent] = []
    /// Applied last.
    package var deletions: [JobDeletion] = []
    /// When to look again, even if nothing happens; nil for never.
    package var requeueAfter: Duration?

    /// Nothing to do.
    package init() {}

    /// Asks to look again after `delay`, unless an earlier look is planned.
    mutating func requeue(after delay: Duration) {
        let delay = max(delay, .zero)
        requeueAfter = requeueAfter.map { min($0, delay) } ?? delay
    }
}

/// An object to make.
package struct JobCreation: Sendable {
    /// What is made.
    package enum Kind: String, Sendable {
        case pod = "Pod"
        case service = "Service"
        case configMap = "ConfigMap"
        case serviceAccount = "ServiceAccount"
        case role = "Role"
        case roleBinding = "RoleBinding"

        /// Its resource.
        package var resource: ResourceType {
            switch self {
            case .pod: .pods
            case .service: .services
            case .configMap: .configMaps
            case .serviceAccount: .serviceAccounts
            case .role: .roles
            case .roleBinding: .roleBindings
            }
        }
    }

    /// What it is.
    package var kind: Kind
    /// Its name.
    package var name: String
    /// The whole object.
    package var body: JSONValue
}

/// A change to a service, as a JSON merge patch.
package struct ServicePatch: Sendable {
    /// The service's name.
    package var name: String
    /// What changes.
    package var patch: JSONValue
}

/// An object to delete. The UID guards against deleting a successor of the same name.
package struct JobDeletion: Sendable, Hashable {
    /// What is deleted.
    package enum Kind: String, Sendable {
        case pod = "Pod"
        case service = "Service"
        case job = "Job"
    }

    /// What it is.
    package var kind: Kind
    /// Its name.
    package var name: String
    /// Its UID; another object of the name stays.
    package var uid: String

    /// A deletion from its parts.
    package init(kind: Kind, name: String, uid: String) {
        self.kind = kind
        self.name = name
        self.uid = uid
    }
}

/// An event on the job.
package struct PlannedEvent: Sendable, Hashable {
    /// Whether something went wrong.
    package var isWarning: Bool
    /// Why, in a word.
    package var reason: String
    /// Why, for people.
    package var message: String

    /// An event from its parts.
    package init(isWarning: Bool = false, reason: String, message: String) {
        self.isWarning = isWarning
        self.reason = reason
        self.message = message
    }
}

/// What whoever runs the controllers chooses.
package struct ReconciliationConfiguration: Sendable {
    /// Which gang scheduler places the pods: `kubedl`, or empty for none. Without one, roles start one after the other.
    package var gangSchedulerName: String
    /// Ports on the nodes' network, upper end excluded; the webhook must have the same.
    package var hostPorts: Range<Int>

    /// Image of the init container that brings `kubectl` to an MPI launcher, as KubeDL's `--kubectl-delivery-image`.
    package var kubectlImage: String

    /// A configuration from its parts.
    package init(
        gangSchedulerName: String = "kubedl", hostPorts: Range<Int> = 20000..<30000,
        kubectlImage: String = ReplicaContext.defaultKubectlImage
    ) {
        self.kubectlImage = kubectlImage
        self.gangSchedulerName = gangSchedulerName
        self.hostPorts = hostPorts
    }

    /// Whether pods are placed as a gang.
    package var usesGangs: Bool { !gangSchedulerName.isEmpty }
}
