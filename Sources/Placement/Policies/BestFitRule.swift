/// Best fit: the node with the least CPU and devices left, both as parts of a large node (128 CPUs, 8 devices), on the
/// fullest device that will do.
package struct BestFitRule: PlacementRule {
    /// The rule.
    package init() {}

    /// See ``PlacementRule/cost(of:)``.
    package func cost(of step: PlacementStep) -> Double {
        let left = Double(step.after.milliCPU) / 128_000 + Double(step.after.idle) / 8000
        return 1000 * left + step.tightness
    }
}

extension PlacementStep {
    /// Less than all else for the same node, and least on the fullest device: to break ties between devices.
    var tightness: Double {
        guard request.deviceCount == 1, !request.isExclusive else { return 0 }
        var left = 0
        for device in 0..<16 where after.devices[device] != before.devices[device] { left = Int(after.devices[device]) }
        return Double(left) * 1e-5
    }
}
