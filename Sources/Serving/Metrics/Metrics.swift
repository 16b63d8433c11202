import Synchronization

/// A number of events; only grows.
package final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    /// Adds `amount`, ≥ 0.
    package func increment(by amount: Int = 1) { count.wrappingAdd(amount, ordering: .relaxed) }

    /// The number so far.
    package var value: Int { count.load(ordering: .relaxed) }
}

/// A value that goes up and down.
package final class Gauge: Sendable {
    private let bits = Atomic<UInt64>(0)

    /// The value as last set.
    package var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    /// Sets the value.
    package func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    /// Adds `amount`, which may be negative.
    package func add(_ amount: Double) {
        var current = bits.load(ordering: .relaxed)
        while true {
            let next = (Double(bitPattern: current) + amount).bitPattern
            let outcome = bits.weakCompareExchange(expected: current, desired: next, ordering: .relaxed)
            if outcome.exchanged { return }
            current = outcome.original
        }
    }
}

/// How values, mostly seconds, are distributed over buckets.
package final class Histogram: Sendable {
    /// Upper bounds for request times, in seconds: 0.1 ms to 10 s.
    package static let latencyBuckets = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// Counts as of one moment.
    struct Snapshot {
        var counts: [Int]
        var sum: Double
    }

    let buckets: [Double]
    private let state: Mutex<Snapshot>

    init(buckets: [Double]) {
        self.buckets = buckets
        state = Mutex(Snapshot(counts: [Int](repeating: 0, count: buckets.count + 1), sum: 0))
    }

    /// Counts one value.
    package func observe(_ value: Double) {
        let bucket = buckets.firstIndex { value <= $0 } ?? buckets.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    /// Counts one time, in seconds.
    package func observe(_ time: Duration) {
        observe(Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18)
    }

    /// How many values were counted.
    package var count: Int { snapshot.counts.reduce(0, +) }

    var snapshot: Snapshot { state.withLock { $0 } }
}
