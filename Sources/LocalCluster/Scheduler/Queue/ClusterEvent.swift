/// A change of the cluster that may make room for pods that found none. Source: kube-scheduler `framework.ClusterEvent`
/// and the plugins' `EventsToRegister`.
enum ClusterEvent: Sendable, Hashable {
    /// A node came, or changed its labels, taints, cordon, room or conditions.
    case nodeChanged
    /// A node went.
    case nodeRemoved
    /// A pod got a node, or one that has a node changed its labels.
    case podAssigned
    /// A pod that had a node ended, went, or could not be bound after all.
    case podRemoved
    /// A claim, volume or storage class came, changed or went.
    case volumesChanged
    /// The scheduler's configuration changed.
    case configurationChanged

    /// Whether a pod may fit now that was refused for `cause`.
    func mayHelp(_ cause: RejectionCause) -> Bool {
        switch self {
        case .nodeChanged, .configurationChanged: true
        case .nodeRemoved: cause == .otherPods || cause == .extender
        case .podAssigned: cause == .otherPods
        case .podRemoved: cause != .nodeProperties && cause != .volumes
        case .volumesChanged: cause == .volumes
        }
    }
}
