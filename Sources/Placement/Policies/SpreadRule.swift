/// Spread: the node of which the smallest part is in use, of CPU and devices alike. Load evens out; fragments abound.
package struct SpreadRule: PlacementRule {
    /// The rule.
    package init() {}

    /// See ``PlacementRule/cost(of:)``.
    package func cost(of step: PlacementStep) -> Double {
        let processors = 1 - Double(step.after.milliCPU) / Double(max(step.capacity.milliCPU, 1))
        let devices = step.capacity.idle > 0 ? 1 - Double(step.after.idle) / Double(step.capacity.idle) : 0
        return 1000 * max(processors, devices)
    }
}
