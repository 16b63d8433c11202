/// What a rejection depends on, and so which changes of the cluster may lift it.
enum RejectionCause: Sendable, Hashable {
    /// Labels, taints or cordon of the node.
    case nodeProperties
    /// Ports or resources that pods of the node hold.
    case room
    /// Where other pods are: topology spread, pod affinity and anti-affinity.
    case otherPods
    /// Claims, volumes and storage classes.
    case volumes
    /// What an extender says.
    case extender
}

/// Why a node cannot take a pod.
struct NodeRejection: Sendable, Hashable {
    /// The reasons, as kube-scheduler words them.
    var reasons: [String]
    /// Whether nothing that other pods do can help.
    var isUnresolvable: Bool
    /// What it depends on.
    var cause = RejectionCause.nodeProperties
}
