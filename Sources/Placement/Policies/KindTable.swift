/// The kinds of a workload as the rules walk over them: grouped by size, with how many shares of a size a device takes.
struct KindTable: Sendable {
    struct Group: Sendable {
        var size: Int16
        /// Shares of this size that fit into 0…1000 free thousandths.
        var shares: [UInt16]
        var kinds: [Workload.Kind]
    }

    private(set) var groups: [Group] = []
    /// Part of all pods that asks for no device or for kinds that are not kept apart.
    private(set) var remainder = 1.0

    init(_ workload: Workload = Workload()) {
        for kind in workload.kinds {
            let size = kind.request.milliDevice
            remainder -= kind.popularity
            if groups.last?.size != Int16(size) {
                groups.append(
                    Group(size: Int16(size), shares: (0...1000).map { UInt16($0 / Int(size)) }, kinds: []))
            }
            groups[groups.count - 1].kinds.append(kind)
        }
    }

    /// Calls `body` with each kind, how many of its shares the devices take, and what is free on devices too small for
    /// a share.
    @inline(__always)
    func forEach(in room: NodeRoom, _ body: (borrowing Workload.Kind, _ shares: Int32, _ small: Int) -> Void) {
        for group in groups {
            var shares: Int32 = 0
            var small = 0
            group.shares.withUnsafeBufferPointer { table in
                for device in 0..<16 {
                    let free = room.devices[device]
                    guard free > 0 else { continue }
                    let count = table[Int(free)]
                    shares += Int32(count)
                    if count == 0 { small += Int(free) }
                }
            }
            group.kinds.withUnsafeBufferPointer { kinds in
                for index in kinds.indices { body(kinds[index], shares, small) }
            }
        }
    }
}

extension NodeRoom {
    /// How many pods of a kind could still come, when devices take `shares` of them.
    @inline(__always)
    func copies(of request: DeviceRequest, shares: Int32) -> Int32 {
        guard request.models & model != 0, request.milliCPU <= milliCPU, request.memoryInMiB <= memoryInMiB else {
            return 0
        }
        var copies = request.deviceCount > 1 ? shares / request.deviceCount : shares
        if request.milliCPU > 0, copies > 0 { copies = min(copies, milliCPU / request.milliCPU) }
        if request.memoryInMiB > 0, copies > 0 { copies = min(copies, memoryInMiB / request.memoryInMiB) }
        return copies
    }
}
