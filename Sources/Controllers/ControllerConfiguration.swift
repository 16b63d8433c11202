import KubernetesClient
import KubernetesModel
import Reconciliation
import Workloads

/// What whoever runs the controllers chooses.
package struct ControllerConfiguration: Sendable {
    /// The only namespace to work in; nil for all.
    package var namespace: String?
    /// Frameworks to run jobs of.
    package var profiles: [FrameworkProfile]
    /// How jobs become pods.
    package var reconciliation: ReconciliationConfiguration
    /// Jobs worked on at the same time, for each framework, at least 1.
    package var workers: Int
    /// Pods and services of one job made or deleted at the same time, at least 1.
    package var parallelWrites: Int
    /// Who may work; nil to work without asking, for a single copy.
    package var election: Election?

    /// The lease by which one of several copies is chosen.
    package struct Election: Sendable {
        /// Namespace and name of the lease.
        package var lease: ObjectKey
        /// What this copy is called in the lease; unique among copies.
        package var identity: String
        /// How long a lease stands and how often it is renewed.
        package var timing: ElectionTiming

        /// An election from its parts.
        package init(
            lease: ObjectKey = ObjectKey(namespace: "kubedl-system", name: "kubedl-controllers"), identity: String,
            timing: ElectionTiming = .standard
        ) {
            self.lease = lease
            self.identity = identity
            self.timing = timing
        }
    }

    /// A configuration from its parts.
    package init(
        namespace: String? = nil, profiles: [FrameworkProfile] = FrameworkProfile.all,
        reconciliation: ReconciliationConfiguration = ReconciliationConfiguration(), workers: Int = 4,
        parallelWrites: Int = 16, election: Election? = nil
    ) {
        self.namespace = namespace
        self.profiles = profiles
        self.reconciliation = reconciliation
        self.workers = max(1, workers)
        self.parallelWrites = max(1, parallelWrites)
        self.election = election
    }
}
