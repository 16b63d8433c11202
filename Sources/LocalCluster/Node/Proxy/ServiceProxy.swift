internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Listens on the addresses of services and hands each connection to one of the pods behind them, in turn.
final class ServiceProxy: Sendable {
    /// An address and port of a service.
    struct Front: Sendable, Hashable {
        var address: String
        var port: Int
    }

    /// The pods behind a front, and whose turn it is.
    private final class Backends: Sendable {
        private let state: Mutex<(list: [Backend], turn: Int)>

        init(_ list: [Backend]) { state = Mutex((list, 0)) }

        func set(_ list: [Backend]) { state.withLock { $0.list = list } }

        func next() -> Backend? {
            state.withLock { state in
                if state.list.isEmpty { return nil }
                state.turn = (state.turn + 1) % state.list.count
                return state.list[state.turn]
            }
        }
    }

    private struct Listener {
        var backends: Backends
        var channel: any Channel
    }

    private let logger: Logger
    private let listeners = Mutex<[Front: Listener]>([:])

    /// Addresses that are not this machine's own, and where they are.
    private let places: [String: PodNetwork.Place]

    /// A proxy without fronts. It listens on addresses of `places` there.
    init(places: [PodNetwork.Place] = [], logger: Logger) {
        self.places = Dictionary(places.map { ($0.address, $0) }) { first, _ in first }
        self.logger = logger
    }

    /// Listens on exactly these fronts from now on. Called by one task at a time.
    func update(_ wanted: [Front: [Backend]]) async {
        let gone = listeners.withLock { known in
            let gone = known.filter { wanted[$0.key] == nil }
            for front in gone.keys { known[front] = nil }
            return gone
        }
        for listener in gone.values { try? await listener.channel.close() }
        for (front, backends) in wanted {
            let known = listeners.withLock { $0[front] }
            if let known {
                known.backends.set(backends)
            } else {
                await listen(front, Backends(backends))
            }
        }
    }

    /// Stops listening; open connections end with their pods.
    func close() async { await update([:]) }

    private func listen(_ front: Front, _ backends: Backends) async {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 128)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { inbound in
                RelayHandler.connect(inbound, to: backends.next())
            }
        do {
            let channel: any Channel
            if let path = places[front.address]?.path {
                let socket = try await NamespaceSocket.bound(to: front.address, port: front.port, in: path)
                channel = try await bootstrap.withBoundSocket(socket).get()
            } else {
                channel = try await bootstrap.bind(host: front.address, port: front.port).get()
            }
            listeners.withLock { $0[front] = Listener(backends: backends, channel: channel) }
        } catch {
            logger.warning(
                "A service's address cannot be listened on; connections to it will fail",
                metadata: [
                    "address": "\(front.address)", "port": "\(front.port)", "error": "\(error)",
                ])
        }
    }
}
