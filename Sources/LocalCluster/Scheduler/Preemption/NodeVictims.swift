/// The pods of one node that would have to go for another. Source: k8s.io/kube-scheduler/extender/v1 `Victims`.
struct NodeVictims: Sendable {
    /// The node's name.
    var node: String
    /// Who would go, the most important first.
    var pods: [SchedulablePod]
    /// How many of them go against a PodDisruptionBudget.
    var violations: Int
}
