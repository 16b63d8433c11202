/// Nodes, what is free on them, and a policy that chooses among them. A value; every change takes constant time.
///
/// A choice looks at all nodes, but works out only the costs that changed since the same request came last: those of
/// nodes that took or lost a pod in between.
package struct DevicePlacer: Sendable {
    /// Where a pod goes.
    package struct Choice: Hashable, Sendable {
        /// The node's place in the list of nodes.
        package var node: Int
        /// The devices as bits.
        package var devices: UInt16
        /// What is free on the node then.
        package var room: NodeRoom
        /// What it costs, by the policy; lower is better.
        package var cost: Double
    }

    private struct Known {
        var version: UInt32 = 0
        var devices: UInt16 = 0
        var cost = Double.infinity
    }

    /// What empty nodes have.
    package let capacities: [NodeRoom]
    /// What is free.
    package private(set) var rooms: [NodeRoom]
    /// The pods to expect.
    package private(set) var workload: Workload
    /// The policy.
    package private(set) var policy: PlacementPolicy
    private let learns: Bool
    private var generator: SeededOrder
    private var versions: [UInt32]
    private var badness: [Double]
    private var known: [[Known]] = []
    private var indexOfRequest: [DeviceRequest: Int] = [:]
    private var placedSinceRefresh = 0
    private var countAtRefresh = 0

    /// Requests whose costs are remembered.
    private static let largestRequestCount = 512
    /// Placements after which the policy looks at the state of all nodes again.
    private static let refreshInterval = 64
    private static let tolerance = 1e-6

    /// Empty nodes under a policy. The workload is what is known beforehand; without it, it is learned from the pods
    /// that come.
    package init(_ capacities: [NodeRoom], policy: PlacementPolicy, workload: Workload? = nil) {
        self.capacities = capacities
        rooms = capacities
        self.policy = policy
        self.workload = workload ?? Workload()
        learns = workload == nil
        generator = SeededOrder(seed: policy.randomTies ?? 0)
        versions = capacities.map { _ in 1 }
        badness = capacities.map { _ in 0 }
        refresh()
    }

    /// The best node for a pod; `nil` if it fits nowhere. Counts it as seen where the workload is learned.
    package mutating func choose(_ request: DeviceRequest) -> Choice? {
        observe(request)
        let index = remember(request)
        var best: (node: Int, cost: Double)?
        var equals = 0
        for node in rooms.indices {
            if known[index][node].version != versions[node] {
                known[index][node] = evaluate(request, on: node)
            }
            let cost = known[index][node].cost
            guard cost < .infinity else { continue }
            guard let found = best, cost >= found.cost - Self.tolerance else {
                best = (node, cost)
                equals = 1
                continue
            }
            guard policy.randomTies != nil, cost <= found.cost + Self.tolerance else { continue }
            equals += 1
            if generator.next(below: equals) == 0 { best = (node, cost) }
        }
        guard let best else { return nil }
        let devices = known[index][best.node].devices
        var room = rooms[best.node]
        room.forEachOption(of: request) { option, after in if option == devices { room = after } }
        return Choice(node: best.node, devices: devices, room: room, cost: best.cost)
    }

    /// Takes the room of a choice that was just made.
    package mutating func commit(_ choice: Choice, _ request: DeviceRequest) {
        let step = PlacementStep(
            request: request, node: choice.node, capacity: capacities[choice.node], before: rooms[choice.node],
            after: choice.room)
        for index in policy.terms.indices { policy.terms[index].rule.placed(step) }
        setRoom(of: choice.node, to: choice.room)
        placedSinceRefresh += 1
    }

    /// Sets what is free on a node: after a pod ended, or after a change from outside.
    package mutating func setRoom(of node: Int, to room: NodeRoom) {
        rooms[node] = room
        badness[node] = policy.badness(of: room)
        versions[node] &+= 1
    }

    private mutating func observe(_ request: DeviceRequest) {
        if learns { workload.count(request) }
        let hasLearned = learns && workload.total >= countAtRefresh + max(16, countAtRefresh / 8)
        if hasLearned || placedSinceRefresh >= Self.refreshInterval { refresh(workloadChanged: hasLearned) }
    }

    private mutating func refresh(workloadChanged: Bool = true) {
        placedSinceRefresh = 0
        countAtRefresh = workload.total
        var hasChanged = false
        for index in policy.terms.indices {
            guard workloadChanged || policy.terms[index].rule.dependsOnRooms else { continue }
            if policy.terms[index].rule.prepare(for: workload, rooms: rooms) { hasChanged = true }
        }
        guard hasChanged else { return }
        for node in rooms.indices {
            badness[node] = policy.badness(of: rooms[node])
            versions[node] &+= 1
        }
    }

    private mutating func remember(_ request: DeviceRequest) -> Int {
        if let index = indexOfRequest[request] { return index }
        if known.count >= Self.largestRequestCount {
            known.removeAll()
            indexOfRequest.removeAll()
        }
        indexOfRequest[request] = known.count
        known.append([Known](repeating: Known(), count: rooms.count))
        return known.count - 1
    }

    private mutating func evaluate(_ request: DeviceRequest, on node: Int) -> Known {
        var found = Known(version: versions[node])
        let room = rooms[node]
        guard room.fits(request) else { return found }
        var step = PlacementStep(
            request: request, node: node, capacity: capacities[node], before: room, after: room)
        var options: UInt64 = 0
        room.forEachOption(of: request) { devices, after in
            step.after = after
            let cost = policy.cost(of: step, standing: badness[node])
            options += 1
            let isTie = policy.randomTies != nil && abs(cost - found.cost) <= Self.tolerance
            guard cost < found.cost - Self.tolerance || (isTie && generator.next(below: Int(options)) == 0) else {
                return
            }
            found.cost = cost
            found.devices = devices
        }
        return found
    }
}

extension PlacementPolicy {
    func badness(of room: NodeRoom) -> Double {
        var sum = 0.0
        for term in terms { sum += term.weight * term.rule.badness(of: room) }
        return sum
    }

    func cost(of step: PlacementStep, standing: Double) -> Double {
        var sum = badness(of: step.after) - standing
        for term in terms { sum += term.weight * term.rule.cost(of: step) }
        return resolution > 0 ? (sum / resolution - 1e-9).rounded(.up) : sum
    }
}
