package import KubernetesModel

/// Where time comes from: a monotonic clock for waiting and a wall clock for what is written down.
///
/// Values of the monotonic clock mean nothing but their differences. Tests give one that they move by hand.
package struct TimeSource: Sendable {
    /// The monotonic time.
    package var now: @Sendable () -> Duration
    /// The time of day.
    package var wallClock: @Sendable () -> Timestamp
    /// Waits for a while. Throws `CancellationError` when its task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void

    /// A source from its parts.
    package init(
        now: @escaping @Sendable () -> Duration, wallClock: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.wallClock = wallClock
        self.sleep = sleep
    }

    /// The system's clocks.
    package static let system = TimeSource(
        now: { ContinuousClock.now - start }, wallClock: { Timestamp.now() }, sleep: { try await Task.sleep(for: $0) })

    private static let start = ContinuousClock.now
}
