internal import KubernetesModel

/// The pods that wait for a node: which is next, and when those that failed are tried again. A pure value; the time is
/// passed in.
struct SchedulingQueue: Sendable {
    private struct Entry {
        var pod: SchedulablePod
        var attempts = 0
        var lastAttempt: Timestamp?
        var notBefore: Timestamp?
        var isInFlight = false
    }

    private var entries: [ObjectKey: Entry] = [:]
    private var initialBackoff: Duration
    private var maximumBackoff: Duration

    /// An empty queue. Waits double from `initialBackoff` to `maximumBackoff`.
    init(initialBackoff: Duration = .seconds(1), maximumBackoff: Duration = .seconds(10)) {
        self.initialBackoff = initialBackoff
        self.maximumBackoff = maximumBackoff
    }

    /// Adds a pod, or takes note of its change. A new incarnation of the name starts afresh; a pod whose spec changed is
    /// tried at once, so pass `isSpecChanged` only for changes that could help.
    mutating func update(_ pod: SchedulablePod, isSpecChanged: Bool = false) {
        guard var entry = entries[pod.key], entry.pod.uid == pod.uid else {
            entries[pod.key] = Entry(pod: pod)
            return
        }
        entry.pod = pod
        if isSpecChanged { entry.notBefore = nil }
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

    /// The pod to try now, by priority and age; it is not given again until ``fail(_:now:)``.
    mutating func next(now: Timestamp) -> SchedulablePod? {
        let ready = entries.values.filter { !$0.isInFlight && ($0.notBefore ?? .epoch) <= now }
        let first = ready.min { left, right in
            let (a, b) = (left.pod, right.pod)
            return (-a.priority, a.created, a.key) < (-b.priority, b.created, b.key)
        }
        guard let key = first?.pod.key else { return nil }
        entries[key]?.isInFlight = true
        entries[key]?.attempts += 1
        entries[key]?.lastAttempt = now
        return entries[key]?.pod
    }

    /// Puts a pod back after an attempt that failed.
    mutating func fail(_ pod: SchedulablePod, now: Timestamp) {
        guard var entry = entries[pod.key], entry.pod.uid == pod.uid else { return }
        entry.isInFlight = false
        entry.notBefore = now + backoff(attempts: entry.attempts)
        entries[pod.key] = entry
    }

    /// Something in the cluster changed that may help: everything that waits is due one initial back-off after its last
    /// attempt, at the latest.
    mutating func clusterChanged() {
        for (key, entry) in entries {
            guard let waits = entry.notBefore, let last = entry.lastAttempt else { continue }
            entries[key]?.notBefore = min(waits, last + initialBackoff)
        }
    }

    /// When the next waiting pod is due; nil if none waits.
    var nextDue: Timestamp? {
        entries.values.filter { !$0.isInFlight }.map { $0.notBefore ?? .epoch }.min()
    }

    /// The number of pods in the queue, in flight or waiting.
    var count: Int { entries.count }

    private func backoff(attempts: Int) -> Duration {
        var wait = initialBackoff
        for _ in 1..<max(attempts, 1) where wait < maximumBackoff { wait *= 2 }
        return min(wait, maximumBackoff)
    }
}
