/// Packing: a device that is shared already, then another device of a node in use, then a node that is not in use; each
/// time the node with the fewest idle devices. Pods without devices go onto the first node.
package struct PackingRule: PlacementRule {
    /// The rule.
    package init() {}

    /// See ``PlacementRule/cost(of:)``.
    package func cost(of step: PlacementStep) -> Double {
        guard step.request.deviceCount > 0 else { return 0 }
        return step.emptiness(isPreferred: step.takesSharedDevice) + step.tightness
    }
}

extension PlacementStep {
    /// Whether the pod joins others on a device.
    fileprivate var takesSharedDevice: Bool {
        guard request.deviceCount == 1, !request.isExclusive else { return false }
        return (0..<16).contains { before.devices[$0] != after.devices[$0] && before.devices[$0] < 1000 }
    }

    /// Preferred nodes, then nodes in use, then the others; by idle devices among them.
    func emptiness(isPreferred: Bool) -> Double {
        let isUsed = before.idle < capacity.idle || before.milliCPU < capacity.milliCPU
        return (isPreferred ? 0 : isUsed ? 100_000 : 200_000) + Double(before.idle)
    }
}
