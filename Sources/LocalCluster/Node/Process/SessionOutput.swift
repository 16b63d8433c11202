internal import Synchronization

/// Holds what a program says until a client takes it; the program is held back meanwhile.
final class SessionOutput: ContainerOutput {
    /// A piece of output.
    typealias Piece = (bytes: [UInt8], stream: OutputStreamName)

    private struct State {
        var pieces: [Piece] = []
        var count = 0
        var hasFinished = false
        var waiting: CheckedContinuation<Void, Never>?
    }

    /// The program is held back from this many bytes on.
    private static let limit = 256 << 10
    private let state = Mutex(State())

    var takesMore: Bool { state.withLock { $0.count < Self.limit } }

    func write(_ bytes: [UInt8], stream: OutputStreamName) {
        change { state in
            state.pieces.append((bytes, stream))
            state.count += bytes.count
        }
    }

    func finish() { change { $0.hasFinished = true } }

    private func change(_ body: (inout State) -> Void) {
        let waiting = state.withLock { state in
            body(&state)
            return state.waiting.take()
        }
        waiting?.resume()
    }

    /// All that was said and not taken, or nil at the end. One caller at a time.
    func next() async -> [Piece]? {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if !state.pieces.isEmpty || state.hasFinished { return true }
                state.waiting = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
        return state.withLock { state in
            defer { (state.pieces, state.count) = ([], 0) }
            return state.pieces.isEmpty ? nil : state.pieces
        }
    }
}
