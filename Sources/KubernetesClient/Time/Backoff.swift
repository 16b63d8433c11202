/// How long to wait after the n-th failure in a row: exponential up to a cap, spread by jitter.
package struct Backoff: Sendable, Hashable {
    /// The wait after the first failure; positive.
    package var base: Duration
    /// The longest wait before jitter.
    package var cap: Duration
    /// How much each wait may grow at random: 0.5 makes a wait up to 1.5 times as long. At least 0.
    package var jitter: Double

    /// Waits that double from `base` to `cap`.
    package init(base: Duration, cap: Duration, jitter: Double = 0) {
        self.base = base
        self.cap = cap
        self.jitter = jitter
    }

    /// For watches and lists, as in client-go's reflector: 0.8 s to 30 s, up to twice as long.
    package static let reflector = Backoff(base: .milliseconds(800), cap: .seconds(30), jitter: 1)
    /// For keys of a work queue, as in client-go: 5 ms to 1000 s.
    package static let workQueue = Backoff(base: .milliseconds(5), cap: .seconds(1000))

    /// The wait after `failures` failures in a row, counted from 1, without jitter.
    package func delay(failures: Int) -> Duration {
        var delay = base
        for _ in 1..<max(1, failures) {
            if delay >= cap { break }
            delay *= 2
        }
        return min(delay, cap)
    }

    /// The same with jitter.
    package func delay(failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        let plain = delay(failures: failures)
        return jitter > 0 ? plain * (1 + Double.random(in: 0...jitter, using: &generator)) : plain
    }
}
