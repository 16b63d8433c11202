/// One idea of what a good placement is. A lower cost is better.
///
/// Costs are in thousandths of a device where that has a meaning, so that rules can be weighed against each other.
package protocol PlacementRule: Sendable {
    /// Takes over what pods to expect and what is free. Returns whether any cost changed.
    mutating func prepare(for workload: Workload, rooms: [NodeRoom]) -> Bool
    /// Whether costs follow from what is free everywhere, so that they must be prepared again from time to time.
    var dependsOnRooms: Bool { get }
    /// How bad a node in this state is, by itself. A placement costs the growth of it.
    func badness(of room: NodeRoom) -> Double
    /// What a placement costs besides.
    func cost(of step: PlacementStep) -> Double
    /// Learns that a pod was placed.
    mutating func placed(_ step: PlacementStep)
}

/// A pod put onto a node.
package struct PlacementStep: Sendable {
    /// What the pod asks for.
    package var request: DeviceRequest
    /// The node's place in the list of nodes.
    package var node: Int
    /// What the node has when it is empty.
    package var capacity: NodeRoom
    /// What is free before.
    package var before: NodeRoom
    /// What is free afterwards.
    package var after: NodeRoom

    /// The step of `request` from one state of `node` to the next.
    package init(request: DeviceRequest, node: Int, capacity: NodeRoom, before: NodeRoom, after: NodeRoom) {
        self.request = request
        self.node = node
        self.capacity = capacity
        self.before = before
        self.after = after
    }
}

extension PlacementRule {
    /// Expects nothing.
    package mutating func prepare(for workload: Workload, rooms: [NodeRoom]) -> Bool { false }
    /// Costs follow from the workload alone.
    package var dependsOnRooms: Bool { false }
    /// All states are as good.
    package func badness(of room: NodeRoom) -> Double { 0 }
    /// Nothing besides.
    package func cost(of step: PlacementStep) -> Double { 0 }
    /// Remembers nothing.
    package mutating func placed(_ step: PlacementStep) {}
}
