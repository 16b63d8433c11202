/// Fragmentation gradient descent: free device that the pods to expect could not use is a fragment; grow it least.
///
/// A node's fragments are an expectation over the workload: for a kind that does not fit, all that is free; for one that
/// does, what is free on devices too small for it.
/// Source: Weng, Yang et al., Beware of Fragmentation, USENIX ATC 2023, with memory counted like CPU.
package struct FragmentationRule: PlacementRule {
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
        var fragments = kinds.remainder * Double(idle)
        kinds.forEach(in: room) { kind, shares, small in
            let request = kind.request
            let fits =
                shares >= request.deviceCount && request.models & room.model != 0
                && request.milliCPU <= room.milliCPU && request.memoryInMiB <= room.memoryInMiB
            fragments += kind.popularity * Double(fits ? small : idle)
        }
        return fragments
    }
}
