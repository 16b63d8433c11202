internal import JSON
internal import KubernetesModel

/// How many pods of a kind may go at once. Source: policy/v1 PodDisruptionBudget.
struct DisruptionBudget: Sendable {
    /// The namespace whose pods it counts.
    var namespace: String?
    /// Which pods it counts; nil or empty: none.
    var selector: LabelSelector?
    /// How many may still go.
    var allowed: Int
    /// The names of pods whose eviction is under way.
    var disrupted: Set<String>

    /// Reads a budget; one with a selector that cannot be read counts no pods.
    init(json: JSONView) {
        namespace = ObjectMeta(of: json).namespace
        selector = json["spec"]?["selector"].flatMap { try? LabelSelector(json: $0) }
        allowed = json["status"]?["disruptionsAllowed"]?.int ?? 0
        disrupted = Set(json["status"]?["disruptedPods"]?.members.map(\.key) ?? [])
    }

    /// Whether the budget counts a pod whose eviction is not under way.
    func covers(_ pod: SchedulablePod) -> Bool {
        guard let selector, !selector.isEmpty, !pod.labels.isEmpty, namespace == pod.key.namespace else { return false }
        return selector.matches(pod.labels) && !disrupted.contains(pod.key.name)
    }

    /// Which of `pods`, going in this order, would go against a budget.
    static func violating(_ pods: [SchedulablePod], _ budgets: [DisruptionBudget]) -> Set<String> {
        var left = budgets.map(\.allowed)
        var violating: Set<String> = []
        for pod in pods {
            for (index, budget) in budgets.enumerated() where budget.covers(pod) {
                left[index] -= 1
                if left[index] < 0 { violating.insert(pod.uid) }
            }
        }
        return violating
    }
}
