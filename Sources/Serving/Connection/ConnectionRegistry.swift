import Synchronization

/// How far a server is on its way to stop.
enum DrainStage: Sendable, Comparable {
    /// It serves.
    case open
    /// It serves, and every answer ends its connection.
    case leaving
    /// It takes nothing new and finishes what it has.
    case draining
}

/// The open connections of a server.
final class ConnectionRegistry: Sendable {
    private struct State {
        var open: [ObjectIdentifier: Connection] = [:]
        var stage = DrainStage.open
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { state.withLock { $0.open.count } }
    var all: [Connection] { state.withLock { Array($0.open.values) } }

    /// The stage that the connection begins in; `nil` when there is no room or the server stops.
    func add(_ connection: Connection) -> DrainStage? {
        state.withLock { state in
            guard state.stage < .draining, state.open.count < limit else { return nil }
            state.open[ObjectIdentifier(connection)] = connection
            return state.stage
        }
    }

    func remove(_ connection: Connection) {
        state.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(connection)) }
    }

    /// Goes on to a stage; returns the connections that are open.
    func enter(_ stage: DrainStage) -> [Connection] {
        state.withLock { state in
            state.stage = max(state.stage, stage)
            return Array(state.open.values)
        }
    }
}
