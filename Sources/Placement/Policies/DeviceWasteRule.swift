/// Shares combined into full devices: the device that a combination spoils for the others is waste.
///
/// Amounts of device are counted by what the workload can make of them, not by their size. Cutting the devices into the
/// expected shares with the fewest devices is a linear program; its dual prices say what part of a device a share really
/// takes: 1 for 810 ‰ when nothing needs the remaining 190 ‰, a half for 470 ‰, nothing for a share that fits into such
/// rests. What is free on a device is worth the best combination of shares that fits into it. A placement that pairs
/// shares as the best cut does loses nothing but the price of the share, which is the same everywhere.
/// Source: the dual of Gilmore and Gomory's cutting stock program (Operations Research, 1961).
package struct DeviceWasteRule: PlacementRule {
    /// The value of 0…1000 free thousandths, in thousandths of a device.
    private var worth = (0...1000).map(Double.init)

    /// A rule that takes every amount for what it is.
    package init() {}

    /// See ``PlacementRule/prepare(for:rooms:)``.
    package mutating func prepare(for workload: Workload, rooms: [NodeRoom]) -> Bool {
        var demand: [Int32: Double] = [:]
        for kind in workload.kinds where !kind.request.isExclusive {
            demand[kind.request.milliDevice, default: 0] += kind.popularity * Double(kind.request.deviceCount)
        }
        var program = CuttingStock(demand)
        let new = program.solve().map { min(1, $0) * 1000 }
        defer { worth = new }
        return new != worth
    }

    /// See ``PlacementRule/badness(of:)``.
    package func badness(of room: NodeRoom) -> Double {
        worth.withUnsafeBufferPointer { worth in
            var sum = 0.0
            for device in 0..<16 { sum -= worth[Int(room.devices[device])] }
            return sum
        }
    }
}
