internal import KubernetesModel

/// How long a lease lasts and how often it is renewed. The defaults are client-go's: 15 s, 10 s, 2 s.
package struct ElectionTiming: Sendable, Hashable {
    /// How long others wait, without seeing a renewal, before they take the lease. Whole seconds, at least 1.
    package var leaseDuration: Duration
    /// How long a leader goes on trying to renew before it gives up; less than ``leaseDuration``.
    package var renewDeadline: Duration
    /// The pause between tries; less than ``renewDeadline``.
    package var retryPeriod: Duration

    /// The given timing; throws ``ConfigurationError`` unless `leaseDuration` > `renewDeadline` > `retryPeriod` > 0.
    package init(leaseDuration: Duration, renewDeadline: Duration, retryPeriod: Duration) throws(ConfigurationError) {
        guard leaseDuration > renewDeadline, renewDeadline > retryPeriod, retryPeriod > .zero,
            leaseDuration >= .seconds(1)
        else {
            throw ConfigurationError(
                "leader election needs lease duration > renew deadline > retry period > 0 and a lease of 1 s at least, "
                    + "not \(leaseDuration), \(renewDeadline), \(retryPeriod)")
        }
        self.leaseDuration = leaseDuration
        self.renewDeadline = renewDeadline
        self.retryPeriod = retryPeriod
    }

    private init() {
        leaseDuration = .seconds(15)
        renewDeadline = .seconds(10)
        retryPeriod = .seconds(2)
    }

    /// 15 s, 10 s and 2 s.
    package static let standard = ElectionTiming()
}

/// Decides, from what is seen of a lease, when to take, renew and give it up. Pure.
///
/// Whether a lease is still held is judged by our own monotonic clock, from the moment that we saw it change: clocks of
/// different machines are never compared. Source: client-go tools/leaderelection.
struct ElectorState: Sendable {
    /// What has happened.
    enum Event: Sendable, Hashable {
        /// The time of the last `sleep` has passed, or the start.
        case woke
        /// The lease was read.
        case found(LeaseRecord)
        /// There is no lease.
        case missing
        /// The lease was written as ordered.
        case written(LeaseRecord)
        /// Reading or writing failed.
        case failed
    }

    /// What to do next, after which the next event comes.
    enum Action: Sendable, Hashable {
        case read
        /// Write the record: create the lease if there is none, else replace the version that was read or written last.
        case write(LeaseRecord)
        case sleep(Duration)
        /// Leadership has ended: stop all work at once.
        case lost
    }

    let identity: String
    let timing: ElectionTiming
    private(set) var isLeader = false
    private(set) var observed: LeaseRecord?
    private var observedAt = Duration.zero
    private var attemptBegan = Duration.zero
    private var renewedAt = Duration.zero
    private var mustRead = true

    init(identity: String, timing: ElectionTiming) {
        self.identity = identity
        self.timing = timing
    }

    /// How long an attempt that begins now may take: half the renew deadline at most, so that one request that is never
    /// answered does not cost the lease. As controller-runtime's pkg/leaderelection.
    func attemptLimit(now: Duration) -> Duration {
        let most = timing.renewDeadline / 2
        return isLeader ? max(.milliseconds(100), min(most, renewedAt + timing.renewDeadline - now)) : most
    }

    mutating func tick(_ event: Event, now: Duration, wallClock: Timestamp) -> Action {
        if case .written(let record) = event { accept(record, now) }
        if isLeader, now - renewedAt >= timing.renewDeadline { return lose() }
        switch event {
        case .woke:
            attemptBegan = now
            // A leader that knows the current version renews it without reading.
            if isLeader, !mustRead, let observed { return .write(renewed(observed, wallClock)) }
            return .read
        case .found(let record):
            mustRead = false
            if record != observed {
                observed = record
                observedAt = now
            }
            let isOurs = record.holder == identity
            let isHeld = now - observedAt < .seconds(record.durationSeconds)
            if !record.holder.isEmpty && !isOurs && isHeld { return isLeader ? lose() : .sleep(timing.retryPeriod) }
            return .write(isOurs ? renewed(record, wallClock) : taken(record, wallClock))
        case .missing:
            mustRead = false
            observed = nil
            return .write(taken(nil, wallClock))
        case .written: return .sleep(pause(now))
        case .failed:
            mustRead = true
            return .sleep(pause(now))
        }
    }

    /// The time until the next try; a leader's ends at its deadline at the latest.
    private func pause(_ now: Duration) -> Duration {
        isLeader ? min(timing.retryPeriod, renewedAt + timing.renewDeadline - now) : timing.retryPeriod
    }

    /// The record that lets others take over at once; `nil` when we do not lead.
    mutating func release(wallClock: Timestamp) -> LeaseRecord? {
        guard isLeader, let observed else { return nil }
        isLeader = false
        return LeaseRecord(
            holder: "", durationSeconds: 1, acquireTime: wallClock, renewTime: wallClock,
            transitions: observed.transitions)
    }

    private mutating func accept(_ record: LeaseRecord, _ now: Duration) {
        observed = record
        observedAt = now
        // From the beginning of the attempt: the server may have stored it at any time since.
        renewedAt = attemptBegan
        isLeader = true
    }

    private mutating func lose() -> Action {
        isLeader = false
        mustRead = true
        return .lost
    }

    private var durationSeconds: Int { Int(timing.leaseDuration.components.seconds) }

    private func renewed(_ record: LeaseRecord, _ wallClock: Timestamp) -> LeaseRecord {
        LeaseRecord(
            holder: identity, durationSeconds: durationSeconds, acquireTime: record.acquireTime ?? wallClock,
            renewTime: wallClock, transitions: record.transitions)
    }

    private func taken(_ record: LeaseRecord?, _ wallClock: Timestamp) -> LeaseRecord {
        LeaseRecord(
            holder: identity, durationSeconds: durationSeconds, acquireTime: wallClock, renewTime: wallClock,
            transitions: record.map { $0.transitions + 1 } ?? 0)
    }
}
