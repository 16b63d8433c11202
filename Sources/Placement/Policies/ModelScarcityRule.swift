/// Keeps device models for the pods that are bound to them, as far as those will need them.
///
/// What is free lasts for so many pods; the bound ones among them are spread over the models they accept, more where more
/// is free. A model whose free devices they would fill costs what it keeps from them, to every pod: a bound pod pays the
/// same on all nodes it may use, so only the others turn away. While there is plenty, the price is next to nothing.
package struct ModelScarcityRule: PlacementRule {
    /// Price of a thousandth by model bit, 0 to 1.
    private var prices = [Double](repeating: 0, count: 32)
    /// Steps in which prices change, so that small changes leave costs as they are.
    private static let steps = 64.0
    private static let rounds = 4

    /// A rule without prices.
    package init() {}

    /// See ``PlacementRule/dependsOnRooms``.
    package var dependsOnRooms: Bool { true }

    /// See ``PlacementRule/prepare(for:rooms:)``.
    package mutating func prepare(for workload: Workload, rooms: [NodeRoom]) -> Bool {
        var idle = [Double](repeating: 0, count: 32)
        var present: UInt32 = 0
        for room in rooms where room.model != 0 {
            idle[room.model.trailingZeroBitCount] += Double(room.idle)
            present |= room.model
        }
        var demand: [UInt32: Double] = [:]
        var mean = 0.0
        for kind in workload.kinds {
            let wanted = kind.popularity * Double(kind.request.demand)
            mean += wanted
            if kind.request.models & present != present { demand[kind.request.models & present, default: 0] += wanted }
        }
        let expected = mean > 0 ? idle.reduce(0, +) / mean : 0
        let load = Self.spread(demand.mapValues { $0 * expected }, over: idle)
        let new = idle.indices.map { bit in
            guard load[bit] > 0 else { return 0.0 }
            let ratio = idle[bit] > 0 ? min(1, load[bit] / idle[bit]) : 1
            return (ratio * ratio * ratio * ratio * Self.steps).rounded() / Self.steps
        }
        defer { prices = new }
        return new != prices
    }

    private static func spread(_ demand: [UInt32: Double], over idle: [Double]) -> [Double] {
        let ordered = demand.sorted { $0.key < $1.key }
        var load = [Double](repeating: 0, count: idle.count)
        for _ in 0..<rounds {
            let pull = idle.indices.map { idle[$0] * idle[$0] / max(1, load[$0] + 0.05 * idle[$0]) }
            load = load.map { _ in 0 }
            for (models, amount) in ordered {
                let bits = idle.indices.filter { models & (1 << UInt32($0)) != 0 }
                let total = bits.reduce(0) { $0 + pull[$1] }
                guard total > 0 else { continue }
                for bit in bits { load[bit] += amount * pull[bit] / total }
            }
        }
        return load
    }

    /// See ``PlacementRule/cost(of:)``.
    package func cost(of step: PlacementStep) -> Double {
        guard step.request.deviceCount > 0 else { return 0 }
        return prices[step.before.model.trailingZeroBitCount] * Double(step.request.demand)
    }
}
