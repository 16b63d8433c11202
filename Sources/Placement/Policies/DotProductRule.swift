/// The node whose free CPU and devices are least like what is asked for, so that the best matches stay for later: the
/// smallest product of the two, each as a part of a large node (128 CPUs, 8 devices).
/// Source: the alignment score of Grandl et al., Tetris, SIGCOMM 2014, as the comparison in the FGD paper uses it.
package struct DotProductRule: PlacementRule {
    /// The rule.
    package init() {}

    /// See ``PlacementRule/cost(of:)``.
    package func cost(of step: PlacementStep) -> Double {
        let processors = Double(step.request.milliCPU) / 128_000 * Double(step.before.milliCPU) / 128_000
        let devices = Double(step.request.demand) / 8000 * Double(step.before.idle) / 8000
        return 1000 * (processors + devices) + step.tightness
    }
}
