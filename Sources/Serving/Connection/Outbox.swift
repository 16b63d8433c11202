import Synchronization

/// What a streaming response has written and the event loop has not taken yet.
///
/// Pieces written while the loop is busy leave together. A writer waits while the connection is not writable.
final class Outbox: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isFlushScheduled = false
        var isBlocked = false
        var isClosed = false
        var waiting: [CheckedContinuation<Void, any Error>] = []
    }

    /// A writer waits when more than this is pending, in bytes.
    private static let highWater = 256 * 1024
    private let state = Mutex(State())

    /// Appends `bytes`; `scheduleFlush` is called when the loop does not know yet. Waits for room when there is too much.
    func write(_ bytes: [UInt8], scheduleFlush: () -> Void) async throws {
        try Task.checkCancellation()
        let (mustSchedule, mustWait) = try state.withLock { state in
            guard !state.isClosed else { throw ServerError.clientGone }
            if state.bytes.isEmpty { state.bytes = bytes } else { state.bytes.append(contentsOf: bytes) }
            let mustSchedule = !state.isFlushScheduled
            state.isFlushScheduled = true
            return (mustSchedule, state.isBlocked || state.bytes.count > Self.highWater)
        }
        if mustSchedule { scheduleFlush() }
        if mustWait { try await waitForRoom() }
    }

    private func waitForRoom() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.isClosed { return .failure(ServerError.clientGone) }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if !state.isBlocked && state.bytes.count <= Self.highWater { return .success(()) }
                    state.waiting.append(continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            resumeWaiting(with: .failure(CancellationError()))
        }
    }

    /// On the event loop: everything that is pending.
    func take() -> [UInt8] {
        state.withLock { state in
            state.isFlushScheduled = false
            defer { state.bytes = [] }
            return state.bytes
        }
    }

    /// On the event loop: whether the connection takes more.
    func setWritable(_ isWritable: Bool) {
        state.withLock { $0.isBlocked = !isWritable }
        if isWritable { resumeWaiting(with: .success(())) }
    }

    /// On the event loop: the connection is gone.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.bytes = []
        }
        resumeWaiting(with: .failure(ServerError.clientGone))
    }

    private func resumeWaiting(with result: Result<Void, any Error>) {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(with: result) }
    }
}

/// Writes the body of a streaming response.
package struct BodyWriter: Sendable {
    let connection: Connection

    /// Sends `bytes` without delay. Waits while the client is slow to read, so memory stays bounded.
    ///
    /// Throws ``ServerError/clientGone`` when the client has gone, `CancellationError` when the server drains.
    package func write(_ bytes: [UInt8]) async throws {
        try await connection.outbox.write(bytes) { connection.scheduleFlush() }
    }
}
