/// Clustering: a node that has taken the same request for devices before, then a node in use, then one that is not.
package struct ClusteringRule: PlacementRule {
    private struct Shape: Hashable {
        var count: Int32
        var size: Int32

        init(_ request: DeviceRequest) {
            count = request.deviceCount
            size = request.milliDevice
        }
    }
    private var held: [Int: Set<Shape>] = [:]

    /// The rule, which has seen nothing yet.
    package init() {}

    /// See ``PlacementRule/cost(of:)``.
    package func cost(of step: PlacementStep) -> Double {
        guard step.request.deviceCount > 0 else { return 0 }
        let isKnown = held[step.node]?.contains(Shape(step.request)) ?? false
        return step.emptiness(isPreferred: isKnown) + step.tightness
    }

    /// See ``PlacementRule/placed(_:)``.
    package mutating func placed(_ step: PlacementStep) {
        guard step.request.deviceCount > 0 else { return }
        held[step.node, default: []].insert(Shape(step.request))
    }
}
