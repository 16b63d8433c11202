import Synchronization

/// Runs a function for keys: each key once however often it was added, never twice at the same time, and again if it
/// was added while it ran. Failed keys come back later and later.
///
/// Source: client-go util/workqueue.
package final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    /// What became of a key.
    package enum Outcome: Sendable, Hashable {
        /// All is well; its failures are forgotten.
        case done
        /// It failed: run it again after its back-off.
        case retry
        /// All is well; run it again after this time. Its failures are forgotten.
        case after(Duration)
    }

    /// A key that must be looked at when a moment has come.
    private struct Timer: Sendable {
        var key: Key
        var moment: Duration
    }

    private struct State {
        var keys = WorkQueueState<Key>()
        var nextID = 0
        var idle: [(id: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let time: TimeSource
    private let backoff: Backoff
    private let timers: AsyncStream<Timer>
    private let timerSink: AsyncStream<Timer>.Continuation

    /// An empty queue; ``run(workers:_:)`` works on it.
    package init(backoff: Backoff = .workQueue, time: TimeSource = .system) {
        self.backoff = backoff
        self.time = time
        (timers, timerSink) = AsyncStream.makeStream()
    }

    /// Keys that wait for a worker, now or at some time.
    package var count: Int { state.withLock { $0.keys.ready + $0.keys.delayed } }

    /// Keys that workers are at.
    package var running: Int { state.withLock { $0.keys.running } }

    /// How often a key has failed since it last succeeded.
    package func failures(of key: Key) -> Int { state.withLock { $0.keys.failures(of: key) } }

    /// Adds a key to be run as soon as there is a worker.
    package func add(_ key: Key) {
        let worker = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.keys.add(key)
            return Self.workerToWake(&state)
        }
        worker?.resume()
    }

    /// Adds a key to be run after a while; of several times the earliest counts.
    package func add(_ key: Key, after delay: Duration) {
        guard delay > .zero else { return add(key) }
        let moment = time.now() + delay
        let mustWait = state.withLock { $0.keys.add(key, at: moment) }
        if mustWait { timerSink.yield(Timer(key: key, moment: moment)) }
    }

    /// Adds a key after the wait that its failures deserve, and counts one more.
    package func addRateLimited(_ key: Key) {
        let delay = state.withLock { $0.keys.noteFailure(key, backoff) }
        add(key, after: delay)
    }

    /// Forgets a key's failures.
    package func forget(_ key: Key) { state.withLock { $0.keys.forget(key) } }

    /// Works on the queue until the task is cancelled, then waits for the keys at hand. Run it once.
    package func run(workers: Int, _ process: @escaping @Sendable (Key) async -> Outcome) async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<max(1, workers) {
                group.addTask {
                    while let key = await self.next() { self.settle(key, await process(key)) }
                }
            }
            // One child for each timer: it sleeps, then looks whether its moment still counts.
            for await timer in timers {
                group.addTask {
                    let wait = timer.moment - self.time.now()
                    if wait > .zero {
                        do { try await self.time.sleep(wait) } catch { return }
                    }
                    self.fire(timer)
                }
            }
        }
    }

    private func settle(_ key: Key, _ outcome: Outcome) {
        switch outcome {
        case .done: forget(key)
        case .retry: addRateLimited(key)
        case .after(let delay):
            forget(key)
            add(key, after: delay)
        }
        let worker = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.keys.finish(key)
            return Self.workerToWake(&state)
        }
        worker?.resume()
    }

    private func fire(_ timer: Timer) {
        let worker = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.keys.timerFired(timer.key, at: timer.moment)
            return Self.workerToWake(&state)
        }
        worker?.resume()
    }

    private static func workerToWake(_ state: inout State) -> CheckedContinuation<Void, Never>? {
        guard state.keys.ready > 0, !state.idle.isEmpty else { return nil }
        return state.idle.removeFirst().continuation
    }

    /// The next key; `nil` when the task is cancelled.
    private func next() async -> Key? {
        while !Task.isCancelled {
            if let key = state.withLock({ $0.keys.take() }) { return key }
            let id = state.withLock { state in
                state.nextID += 1
                return state.nextID
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let mustWait = state.withLock { state in
                        if state.keys.ready > 0 || Task.isCancelled { return false }
                        state.idle.append((id, continuation))
                        return true
                    }
                    if !mustWait { continuation.resume() }
                }
            } onCancel: {
                let worker = state.withLock { state -> CheckedContinuation<Void, Never>? in
                    guard let place = state.idle.firstIndex(where: { $0.id == id }) else { return nil }
                    return state.idle.remove(at: place).continuation
                }
                worker?.resume()
            }
        }
        return nil
    }
}
