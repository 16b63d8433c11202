/// Free device that no pod could use because something else runs out, seen before it happens.
///
/// Asks of each kind how many copies the node could still take, by devices, CPU and memory together, and counts the
/// device that would stay free after them. ``FragmentationRule`` asks for one copy only and so sees CPU run out too late.
package struct StarvationRule: PlacementRule {
    private var kinds = KindTable()

    /// A rule that expects nothing yet.
    package init() {}

    /// See ``PlacementRule/prepare(for:rooms:)``.
    package mutating func prepare(for workload: Workload, rooms: [NodeRoom]) -> Bool {
        kinds = KindTable(workload)
        return true
    }

    /// See ``PlacementRule/badness(of:)``.
    package func badness(of room: NodeRoom) -> Double {
        let idle = room.idle
        guard idle > 0 else { return 0 }
        var starved = (1 - kinds.remainder) * Double(idle)
        kinds.forEach(in: room) { kind, shares, _ in
            let used = Int(room.copies(of: kind.request, shares: shares)) * kind.request.demand
            starved -= kind.popularity * Double(used)
        }
        return starved
    }
}
