import Synchronization

/// Hands requests, one at a time, from a connection's event loop to the task that answers them.
final class Mailbox: Sendable {
    private struct State {
        var ready: ServerRequest?
        var waiting: CheckedContinuation<ServerRequest?, Never>?
        var isFinished = false
    }

    private let state = Mutex(State())

    /// Delivers the next request. The sender waits for its response before it delivers another.
    func deliver(_ request: ServerRequest) {
        let waiting = state.withLock { state in
            guard let waiting = state.waiting.take() else {
                state.ready = request
                return CheckedContinuation<ServerRequest?, Never>?.none
            }
            return waiting
        }
        waiting?.resume(returning: request)
    }

    /// No further request will come.
    func finish() {
        let waiting = state.withLock { state in
            state.isFinished = true
            state.ready = nil
            return state.waiting.take()
        }
        waiting?.resume(returning: nil)
    }

    /// The next request, or `nil` when the connection is over.
    func next() async -> ServerRequest? {
        await withCheckedContinuation { continuation in
            let answer: ServerRequest?? = state.withLock { state in
                if state.isFinished { return .some(nil) }
                if let request = state.ready.take() { return .some(request) }
                state.waiting = continuation
                return .none
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }
}
