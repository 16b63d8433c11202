/// The rules of a work queue. Pure; time comes in as a value.
///
/// Source: client-go util/workqueue: a key is in the queue at most once, is worked on by one worker at a time, and runs
/// again afterwards if it was added meanwhile.
struct WorkQueueState<Key: Hashable & Sendable>: Sendable {
    private var queue: [Key] = []
    private var head = 0
    /// Keys that wait for a worker, in the queue or until their worker is done.
    private var dirty: Set<Key> = []
    private var processing: Set<Key> = []
    private var failures: [Key: Int] = [:]
    /// When keys that wait for a time become due.
    private var due: [Key: Duration] = [:]

    /// Keys that a worker could take now.
    var ready: Int { queue.count - head }
    /// Keys that wait for a time.
    var delayed: Int { due.count }
    /// Keys that workers are at.
    var running: Int { processing.count }

    /// Adds a key. A time that it waits for stays: whoever asked for a run then gets one.
    mutating func add(_ key: Key) {
        guard dirty.insert(key).inserted, !processing.contains(key) else { return }
        queue.append(key)
    }

    /// Adds a key at a time; the earliest of several counts. Returns whether a timer must be set for it.
    mutating func add(_ key: Key, at moment: Duration) -> Bool {
        if let known = due[key], known <= moment { return false }
        due[key] = moment
        return true
    }

    /// A timer that was set for this key and moment has fired.
    mutating func timerFired(_ key: Key, at moment: Duration) {
        guard due[key] == moment else { return }
        due[key] = nil
        add(key)
    }

    /// How long the key must wait after one more failure.
    mutating func noteFailure(_ key: Key, _ backoff: Backoff) -> Duration {
        failures[key, default: 0] += 1
        return backoff.delay(failures: failures[key, default: 1])
    }

    mutating func forget(_ key: Key) { failures[key] = nil }

    func failures(of key: Key) -> Int { failures[key] ?? 0 }

    /// The next key for a worker.
    mutating func take() -> Key? {
        guard head < queue.count else { return nil }
        let key = queue[head]
        head += 1
        if head > 64 && head * 2 > queue.count {
            queue.removeFirst(head)
            head = 0
        }
        dirty.remove(key)
        processing.insert(key)
        return key
    }

    /// A worker is done with a key.
    mutating func finish(_ key: Key) {
        processing.remove(key)
        if dirty.contains(key) { queue.append(key) }
    }
}
