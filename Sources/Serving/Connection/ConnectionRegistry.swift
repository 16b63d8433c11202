import Synchronization

/// The open connections of a server.
final class ConnectionRegistry: Sendable {
    private struct State {
        var open: [ObjectIdentifier: Connection] = [:]
        var isDraining = false
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { state.withLock { $0.open.count } }
    var isDraining: Bool { state.withLock { $0.isDraining } }
    var all: [Connection] { state.withLock { Array($0.open.values) } }

    /// False when there is no room or the server stops.
    func add(_ connection: Connection) -> Bool {
        state.withLock { state in
            guard !state.isDraining, state.open.count < limit else { return false }
            state.open[ObjectIdentifier(connection)] = connection
            return true
        }
    }

    func remove(_ connection: Connection) {
        state.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(connection)) }
    }

    /// From now on no connection is added; returns those that are open.
    func beginDrain() -> [Connection] {
        state.withLock { state in
            state.isDraining = true
            return Array(state.open.values)
        }
    }
}
