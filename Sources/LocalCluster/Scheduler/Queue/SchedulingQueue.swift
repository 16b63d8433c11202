internal import KubernetesModel

/// The pods that wait for a node: those to try (active), those whose last attempt is too recent (backing off), and those
/// that wait for a change of the cluster (unschedulable). A pure value; the time is passed in.
/// Source: kube-scheduler pkg/scheduler/backend/queue `PriorityQueue`.
struct SchedulingQueue: Sendable {
    /// How long a pod waits for a change of the cluster before it is tried anyway.
    static let longestWait = Duration.seconds(300)

    private enum Place: Equatable {
        case active
        case backingOff
        case unschedulable
        case inFlight
    }

    private struct Entry {
        var pod: SchedulablePod
        var place = Place.active
        /// When the pod came, or came back from an attempt.
        var since: Timestamp
        var refusals = 0
        var errors = 0
        var notBefore = Timestamp.epoch
        var causes: Set<RejectionCause> = []
        var eventsInFlight: Set<ClusterEvent> = []
        var isChangedInFlight = false
    }

    private var entries: [ObjectKey: Entry] = [:]
    private var initialBackoff: Duration
    private var maximumBackoff: Duration

    /// An empty queue. Waits double from `initialBackoff` to `maximumBackoff`.
    init(initialBackoff: Duration = .seconds(1), maximumBackoff: Duration = .seconds(10)) {
        self.initialBackoff = initialBackoff
        self.maximumBackoff = maximumBackoff
    }

    /// Adds a pod, or takes note of its change. A new incarnation of the name starts afresh; a waiting pod whose change
    /// could help is tried once its back-off is over, so pass `isSpecChanged` only for such changes.
    mutating func update(_ pod: SchedulablePod, isSpecChanged: Bool = false, now: Timestamp) {
        guard var entry = entries[pod.key], entry.pod.uid == pod.uid else {
            entries[pod.key] = Entry(pod: pod, since: now)
            return
        }
        entry.pod = pod
        if isSpecChanged {
            if entry.place == .inFlight { entry.isChangedInFlight = true }
            if entry.place == .unschedulable { entry.place = .backingOff }
        }
        entries[pod.key] = entry
    }

    /// Uses other waits from the next failure on.
    mutating func setBackoff(initial: Duration, maximum: Duration) {
        initialBackoff = initial
        maximumBackoff = maximum
    }

    /// Takes a pod out: bound, deleted or gated.
    mutating func remove(_ key: ObjectKey) { entries[key] = nil }

    /// Takes a pod out if it is of this incarnation.
    mutating func remove(_ key: ObjectKey, uid: String) {
        if entries[key]?.pod.uid == uid { entries[key] = nil }
    }

    /// The pod to try now: the highest priority, then the one that is active for longest; it is not given again until
    /// ``fail(_:causes:now:)``.
    mutating func next(now: Timestamp) -> SchedulablePod? {
        flush(now: now)
        let ready = entries.values.filter { $0.place == .active }
        let first = ready.min { left, right in
            let (a, b) = (left.pod, right.pod)
            return (b.priority, left.since, a.created, a.key) < (a.priority, right.since, b.created, b.key)
        }
        guard let key = first?.pod.key else { return nil }
        entries[key]?.place = .inFlight
        return entries[key]?.pod
    }

    /// Puts a pod back after an attempt that failed. One that nodes refused waits for a change that may help its `causes`;
    /// one that met an error (no causes), or whose case may have changed during the attempt, only for its back-off.
    mutating func fail(_ pod: SchedulablePod, causes: Set<RejectionCause> = [], now: Timestamp) {
        guard var entry = entries[pod.key], entry.pod.uid == pod.uid else { return }
        if causes.isEmpty {
            entry.errors += 1
        } else {
            entry.errors = 0
            entry.refusals += 1
        }
        entry.since = now
        entry.notBefore = now + backoff(failures: causes.isEmpty ? entry.errors : entry.refusals)
        entry.causes = causes
        let isHopeful = entry.eventsInFlight.contains { event in causes.contains { event.mayHelp($0) } }
        entry.place = causes.isEmpty || isHopeful || entry.isChangedInFlight ? .backingOff : .unschedulable
        entry.eventsInFlight = []
        entry.isChangedInFlight = false
        entries[pod.key] = entry
    }

    /// Something in the cluster changed: pods that it may help are tried once their back-off is over.
    mutating func clusterChanged(_ event: ClusterEvent) {
        for (key, entry) in entries {
            switch entry.place {
            case .inFlight: entries[key]?.eventsInFlight.insert(event)
            case .unschedulable where entry.causes.contains(where: { event.mayHelp($0) }):
                entries[key]?.place = .backingOff
            default: break
            }
        }
    }

    /// When the next waiting pod is due; nil if none waits.
    var nextDue: Timestamp? {
        entries.values.compactMap { entry in
            switch entry.place {
            case .active: Timestamp.epoch
            case .backingOff: entry.notBefore
            case .unschedulable: entry.since + Self.longestWait
            case .inFlight: nil
            }
        }.min()
    }

    /// The number of pods in the queue, in flight or waiting.
    var count: Int { entries.count }

    /// Makes those active whose back-off is over, or that waited for long enough.
    private mutating func flush(now: Timestamp) {
        for (key, entry) in entries {
            let isDue =
                switch entry.place {
                case .backingOff: entry.notBefore <= now
                case .unschedulable: entry.since + Self.longestWait <= now
                case .active, .inFlight: false
                }
            if isDue { entries[key]?.place = .active }
        }
    }

    private func backoff(failures: Int) -> Duration {
        var wait = initialBackoff
        for _ in 1..<max(failures, 1) where wait < maximumBackoff { wait *= 2 }
        return min(wait, maximumBackoff)
    }
}
