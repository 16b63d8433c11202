import Synchronization

/// Carries one response from the loop thread, which never waits, to the task that reads it.
///
/// The loop thread calls ``begin(_:)``, ``receive(_:)`` and ``finish(_:)``; the reading task calls ``head()``,
/// ``next()`` and ``whole()``. What is buffered stays under ``highWater`` for a stream: past it the loop thread pauses
/// the transfer until the reader has taken what there is.
final class ResponseChannel: Sendable {
    /// What the loop thread must do after handing over bytes.
    enum Demand { case accepted, pause }

    private struct State {
        var head: HTTPHead?
        var buffer: [UInt8] = []
        var end: Result<Void, HTTPError>?
        var isPaused = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        /// Counts the changes that a waiting reader must see.
        var version = 0

        /// Notes a change and hands over whoever waits for one.
        mutating func noteChange() -> [CheckedContinuation<Void, Never>] {
            version += 1
            defer { waiters = [] }
            return waiters
        }
    }

    /// How many bytes a stream may hold for its reader before the transfer is paused.
    static let highWater = 256 << 10

    private let state = Mutex(State())
    /// Method and address, for messages.
    private let request: String
    private let isStream: Bool
    private let ignoresCancellation: Bool
    private let resumeTransfer: @Sendable () -> Void
    private let cancelTransfer: @Sendable () -> Void

    init(
        request: String, isStream: Bool, ignoresCancellation: Bool = false, resume: @escaping @Sendable () -> Void,
        cancel: @escaping @Sendable () -> Void
    ) {
        self.request = request
        self.isStream = isStream
        self.ignoresCancellation = ignoresCancellation
        resumeTransfer = resume
        cancelTransfer = cancel
    }

    // MARK: the loop thread's side

    func begin(_ head: HTTPHead) {
        change { state in state.head = head }
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Demand {
        let (demand, waiters) = state.withLock { state -> (Demand, [CheckedContinuation<Void, Never>]) in
            if isStream && state.buffer.count >= Self.highWater {
                state.isPaused = true
                return (.pause, [])
            }
            state.buffer.append(contentsOf: bytes)
            return (.accepted, isStream ? state.noteChange() : [])
        }
        for waiter in waiters { waiter.resume() }
        return demand
    }

    func finish(_ end: Result<Void, HTTPError>) {
        change { state in if state.end == nil { state.end = end } }
    }

    private func change(_ body: (inout State) -> Void) {
        let waiters = state.withLock { state in
            body(&state)
            return state.noteChange()
        }
        for waiter in waiters { waiter.resume() }
    }

    // MARK: the reader's side

    /// Stops the transfer; whoever reads gets `cancelled` with this reason.
    func cancel(_ reason: String) {
        let isNew = state.withLock { $0.end == nil }
        guard isNew else { return }
        finish(.failure(HTTPError(.cancelled, "\(request): \(reason)")))
        cancelTransfer()
    }

    /// The status and header fields, as soon as they are complete.
    func head() async throws(HTTPError) -> HTTPHead {
        try await wait { state -> Result<HTTPHead, HTTPError>? in
            if let head = state.head { return .success(head) }
            return Self.failure(of: state)
        }.get()
    }

    /// The bytes that have come since the last call, at least one; `nil` at the end.
    func next() async throws(HTTPError) -> [UInt8]? {
        let (chunk, wasPaused) = try await wait { state -> Result<([UInt8]?, Bool), HTTPError>? in
            if !state.buffer.isEmpty {
                let chunk = state.buffer
                let wasPaused = state.isPaused
                state.buffer = []
                state.isPaused = false
                return .success((chunk, wasPaused))
            }
            return state.end.map { end in end.map { (nil, false) } }
        }.get()
        if wasPaused { resumeTransfer() }
        return chunk
    }

    /// The whole response, once it is there.
    func whole() async throws(HTTPError) -> HTTPResponse {
        try await wait { state -> Result<HTTPResponse, HTTPError>? in
            guard let end = state.end else { return nil }
            return end.flatMap { _ in
                guard let head = state.head else {
                    return .failure(HTTPError(.malformedResponse, "the response has no status line"))
                }
                let body = state.buffer
                state.buffer = []
                return .success(HTTPResponse(status: head.status, headers: head.headers, body: body))
            }
        }.get()
    }

    private static func failure<T>(of state: State) -> Result<T, HTTPError>? {
        switch state.end {
        case nil: nil
        case .failure(let error): .failure(error)
        case .success: .failure(HTTPError(.malformedResponse, "the response has no status line"))
        }
    }

    /// Waits until `take` gives a value. Cancelling the task ends the transfer, and so the wait.
    private func wait<T: Sendable>(_ take: (inout State) -> T?) async -> T {
        while true {
            let (value, seen) = state.withLock { state in (take(&state), state.version) }
            if let value { return value }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isStale = state.withLock { state in
                        guard state.version == seen else { return true }
                        state.waiters.append(continuation)
                        return false
                    }
                    if isStale { continuation.resume() }
                }
            } onCancel: {
                if !ignoresCancellation { cancel("the task was cancelled") }
            }
        }
    }
}
