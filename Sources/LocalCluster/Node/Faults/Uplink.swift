internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A node's way to the API server: a relay on the loopback interface that can be cut.
final class Uplink: Sendable {
    private final class Gate: Sendable {
        private let state = Mutex((isCut: false, connections: [ObjectIdentifier: any Channel]()))

        /// Takes a connection in; false if the way is cut.
        func admit(_ channel: any Channel) -> Bool {
            let id = ObjectIdentifier(channel)
            let isCut = state.withLock { state in
                if !state.isCut { state.connections[id] = channel }
                return state.isCut
            }
            if !isCut { channel.closeFuture.whenComplete { _ in self.state.withLock { $0.connections[id] = nil } } }
            return !isCut
        }

        func set(isCut: Bool) {
            let ending = state.withLock { state in
                state.isCut = isCut
                return isCut ? Array(state.connections.values) : []
            }
            for channel in ending { channel.close(promise: nil) }
        }
    }

    private let gate: Gate
    private let listener: any Channel
    /// Where it listens on 127.0.0.1.
    let port: Int

    /// Opens a way to `server`. Throws what the system says.
    init(to server: Backend) async throws {
        let gate = Gate()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { RelayHandler.connect($0, to: gate.admit($0) ? server : nil) }
            .bind(host: "127.0.0.1", port: 0).get()
        self.gate = gate
        self.listener = listener
        port = listener.localAddress?.port ?? 0
    }

    /// Cuts it, which ends all connections, or lets new ones through.
    func set(isCut: Bool) { gate.set(isCut: isCut) }

    /// Closes it for good.
    func close() async {
        gate.set(isCut: true)
        try? await listener.close()
    }
}
