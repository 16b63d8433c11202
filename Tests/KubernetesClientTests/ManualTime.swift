import KubernetesClient
import KubernetesModel
import Synchronization
import Testing

/// A clock that a test moves by hand.
final class ManualTime: Sendable {
    private struct Sleeper {
        var wakesAt: Duration
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Duration.zero
        var wallClock = Timestamp(seconds: 1_700_000_000)
        var nextID = 0
        var sleepers: [Int: Sleeper] = [:]
        var slept: [Duration] = []
    }

    private let state = Mutex(State())

    var source: TimeSource {
        TimeSource(
            now: { self.state.withLock { $0.now } }, wallClock: { self.state.withLock { $0.wallClock } },
            sleep: { try await self.sleep($0) })
    }

    /// What was asked for so far.
    var slept: [Duration] { state.withLock { $0.slept } }
    var sleepers: Int { state.withLock { $0.sleepers.count } }

    /// Moves both clocks and wakes those whose time has come.
    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            state.wallClock = state.wallClock + duration
            let ready = state.sleepers.filter { $0.value.wakesAt <= state.now }
            for id in ready.keys { state.sleepers[id] = nil }
            return ready.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    private func sleep(_ duration: Duration) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            state.slept.append(duration)
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isCancelled = state.withLock { state in
                    if Task.isCancelled { return true }
                    state.sleepers[id] = Sleeper(wakesAt: state.now + duration, continuation: continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}

/// Waits until a condition holds; fails the test after a minute.
func eventually(
    _ what: String = "the condition", sourceLocation: SourceLocation = #_sourceLocation, _ condition: () -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("\(what) did not come true", sourceLocation: sourceLocation)
            throw CancellationError()
        }
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// A value that several tasks share.
final class Shared<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value { state.withLock { $0 } }

    @discardableResult
    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        state.withLock { value in
            var copy = value
            let result = body(&copy)
            value = copy
            return result
        }
    }
}
