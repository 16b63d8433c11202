/// Heterogeneity: keeps nodes with much CPU to a device for pods that ask for much, and pods without devices off nodes
/// whose idle devices need the CPU. Costs the difference between the CPU to a device of the pod and of the free node.
package struct HeterogeneityRule: PlacementRule {
    /// The rule.
    package init() {}

    /// See ``PlacementRule/cost(of:)``.
    package func cost(of step: PlacementStep) -> Double {
        let free = Double(step.before.milliCPU) / max(Double(step.before.idle), 1)
        guard step.request.deviceCount > 0 else { return -free }
        return abs(free - Double(step.request.milliCPU) / Double(step.request.demand))
    }
}
