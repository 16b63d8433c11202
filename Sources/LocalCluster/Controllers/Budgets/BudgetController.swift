internal import JSON
internal import KubernetesClient
internal import KubernetesModel

extension Controller {
    /// Keeps the status of PodDisruptionBudgets: how many pods an eviction may take now.
    ///
    /// Source: pkg/controller/disruption/disruption.go.
    package static let budgets = Controller(
        name: "controllermanager", root: .podDisruptionBudgets,
        uses: [.pods, .replicaSets, .deployments, .statefulSets],
        isConcerned: { budget, object in object["spec"]?["containers"] == nil || budget.selects(object) }
    ) { budget, world in
        var plan = Plan()
        let pods = world[.pods].filter { budget.selects($0) }
        let disrupted = BudgetCount.disrupted(budget, pods, world.now)
        var status: JSONValue = ["observedGeneration": JSONValue(budget.meta.generation ?? 0)]
        if !disrupted.isEmpty { status["disruptedPods"] = .object(disrupted.map { ($0.name, $0.time) }) }
        let condition: (status: String, reason: String, message: String)
        switch BudgetCount.counts(budget, pods, Set(disrupted.map(\.name)), world) {
        case .success(let counts):
            status["disruptionsAllowed"] = JSONValue(counts.allowed)
            status["currentHealthy"] = JSONValue(counts.healthy)
            status["desiredHealthy"] = JSONValue(counts.desired)
            status["expectedPods"] = JSONValue(counts.expected)
            condition = counts.allowed > 0 ? ("True", "SufficientPods", "") : ("False", "InsufficientPods", "")
        case .failure(let problem):
            // Nothing may go when it is not known how many there should be.
            for field in ["currentHealthy", "desiredHealthy", "expectedPods"] {
                status[field] = budget["status"]?[field].map { JSONValue($0) } ?? 0
            }
            status["disruptionsAllowed"] = 0
            condition = ("False", "SyncFailed", problem.message)
            plan.tell(
                "CalculateExpectedPodCountFailed",
                "Failed to calculate the number of expected pods: \(problem.message)", .warning)
        }
        status["conditions"] = [BudgetCount.condition(condition, of: budget, world.now)]
        plan.status = status
        if !disrupted.isEmpty { plan.lookAgain(after: BudgetCount.patience) }
        return plan
    }
}
