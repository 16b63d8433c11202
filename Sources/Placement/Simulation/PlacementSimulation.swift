/// Pods that arrive one at a time and stay, each placed or dropped for good; every placement is checked.
///
/// Source: the arrival-only protocol of Weng, Yang et al., USENIX ATC 2023.
package struct PlacementSimulation: Sendable {
    /// One arrival. Amounts are thousandths of devices, summed up from the start.
    package struct Point: Sendable {
        /// What was asked for, dropped pods included.
        package var arrived: Int
        /// What is in use.
        package var allocated: Int
    }

    /// The arrivals in order.
    package private(set) var points: [Point] = []
    /// Pods that were not placed.
    package private(set) var dropped = 0
    private let capacity: Int

    /// Runs a policy. The workload is what the policy knows beforehand; `nil` lets it learn.
    /// Throws ``PlacementAudit/Violation`` if a placement is impossible or a pod is refused that fits somewhere.
    package init(
        nodes: [NodeRoom], arrivals: some Collection<DeviceRequest>, policy: PlacementPolicy, workload: Workload?
    ) throws(PlacementAudit.Violation) {
        var placer = DevicePlacer(nodes, policy: policy, workload: workload)
        var audit = PlacementAudit(nodes)
        capacity = nodes.reduce(0) { $0 + $1.idle }
        points.reserveCapacity(arrivals.count)
        var point = Point(arrived: 0, allocated: 0)
        for request in arrivals {
            point.arrived += request.demand
            if let choice = placer.choose(request) {
                placer.commit(choice, request)
                try audit.take(request, node: choice.node, devices: choice.devices)
                point.allocated += request.demand
            } else {
                try audit.refuse(request)
                dropped += 1
            }
            points.append(point)
        }
    }

    /// What is in use, in percent of all devices, once `percentage` of all devices were asked for: the mean over the
    /// arrivals that round to it. `nil` if none does.
    package func allocation(at percentage: Int) -> Double? {
        let scale = 100 / Double(max(capacity, 1))
        let near = points.filter { Int((Double($0.arrived) * scale).rounded(.toNearestOrEven)) == percentage }
        guard !near.isEmpty else { return nil }
        return near.reduce(0) { $0 + Double($1.allocated) * scale } / Double(near.count)
    }
}
