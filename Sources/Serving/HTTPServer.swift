import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// An HTTPS server (HTTP/1.1) with limits, certificate reload and graceful stop.
package final class HTTPServer: Sendable {
    /// Answers one request. Its task is cancelled when the client goes away.
    package typealias Handler = @Sendable (ServerRequest) async -> ServerResponse

    private let configuration: ServerConfiguration
    private let handler: Handler
    private let logger: Logger
    private let startup = Startup()
    private let registry: ConnectionRegistry
    private let drainBegan = Gate()
    private let listener = Mutex<(any Channel)?>(nil)

    /// A server that is not listening yet; see ``run()``.
    package init(configuration: ServerConfiguration, handler: @escaping Handler, logger: Logger) {
        self.configuration = configuration
        self.handler = handler
        self.logger = logger
        registry = ConnectionRegistry(limit: OpenFileLimit.connections(wanted: configuration.limits.maximumConnections))
    }

    /// How many connections are open.
    package var openConnections: Int { registry.count }

    /// The port that the server listens on, as soon as it does. Throws what ``run()`` throws when it cannot listen.
    package func started() async throws -> Int { try await startup.port() }

    /// Serves until the task is cancelled, then drains and returns. For ``ServerLimits/drainDelay`` it goes on as before,
    /// but every answer has `Connection: close`. Then there are no new connections, idle ones are closed, requests in
    /// flight are answered, streams are cancelled, and what is left after ``ServerLimits/drainTimeout`` is cut. Run it once. Throws ``ServerError`` when it cannot start.
    package func run() async throws {
        // Cancelling a task cancels its children at once, and draining means that they go on for a while. So this one
        // task is not a child; it is awaited here in every case.
        let serving = Task {
            do {
                try await self.serve()
            } catch {
                self.startup.fail(error)
                throw error
            }
        }
        try await withTaskCancellationHandler {
            try await serving.value
        } onCancel: {
            self.beginDrain()
        }
    }

    private func serve() async throws {
        let tls = try await TLSContextSource.make(configuration, logger: logger)
        let channel = try await listen(tls)
        listener.withLock { $0 = channel.channel }
        let port = channel.channel.localAddress?.port ?? configuration.port
        logger.info("listening", metadata: ["host": "\(configuration.host)", "port": "\(port)"])
        startup.succeed(port)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.stop() }
            if let tls { group.addTask { await tls.follow() } }
            await self.accept(from: channel)
            group.cancelAll()
        }
        logger.info("stopped", metadata: ["port": "\(port)"])
    }

    private func accept(from channel: NIOAsyncChannel<Connection?, Never>) async {
        await withDiscardingTaskGroup { group in
            do {
                try await channel.executeThenClose { connections in
                    for try await connection in connections {
                        guard let connection else { continue }
                        group.addTask { await connection.serve(self.handler) }
                    }
                }
            } catch {
                logger.error("accepting connections failed", metadata: ["reason": "\(error)"])
                beginDrain()
            }
        }
    }

    private func listen(_ tls: TLSContextSource?) async throws -> NIOAsyncChannel<Connection?, Never> {
        let (configuration, registry) = (configuration, registry)
        let budget = BodyBudget(limit: configuration.limits.maximumBufferedBytes)
        let metrics = configuration.metrics.map(ServerMetrics.init)
        do {
            return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: 1024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.socketOption(.so_keepalive), value: 1)
                .bind(host: configuration.host, port: configuration.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = ConnectionHandler(
                            configuration: configuration, budget: budget, metrics: metrics)
                        return try Self.open(
                            channel, handler, context: tls?.current, placement: configuration.handlerPlacement,
                            registry: registry)
                    }
                }
        } catch {
            throw ServerError.cannotListen(
                host: configuration.host, port: configuration.port, reason: "\(error)")
        }
    }

    /// Sets up an accepted connection, on its event loop; `nil` when there are too many.
    private static func open(
        _ channel: any Channel, _ handler: ConnectionHandler, context: NIOSSLContext?,
        placement: ServerConfiguration.HandlerPlacement, registry: ConnectionRegistry
    ) throws -> Connection? {
        let (limits, metrics) = (handler.limits, handler.metrics)
        let connection = Connection(channel: channel, handler: handler, placement: placement)
        guard let stage = registry.add(connection) else {
            metrics?.countRefusedConnection()
            channel.close(promise: nil)
            return nil
        }
        handler.stage = stage
        metrics?.connections.add(1)
        channel.closeFuture.whenComplete { _ in
            metrics?.connections.add(-1)
            registry.remove(connection)
        }
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderFieldSize = limits.maximumHeaderFieldBytes
        decoding.maxHeaderListSize = limits.maximumHeaderBytes
        decoding.maxHeaderFieldCount = limits.maximumHeaderCount
        let pipeline = channel.pipeline.syncOperations
        if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
        try pipeline.addHandler(
            ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoding)))
        try pipeline.addHandler(handler)
        return connection
    }

    // MARK: Stopping

    private func beginDrain() {
        for connection in registry.enter(.leaving) { connection.enter(.leaving) }
        drainBegan.open()
    }

    /// Closes what is idle once clients have had time to leave, and cuts what is left in the end.
    private func stop() async {
        await drainBegan.wait()
        if configuration.limits.drainDelay > .zero {
            logger.info("stopping", metadata: ["after": "\(configuration.limits.drainDelay)"])
            guard (try? await Task.sleep(for: configuration.limits.drainDelay)) != nil else { return }
        }
        listener.withLock { $0 }?.close(promise: nil)
        for connection in registry.enter(.draining) { connection.enter(.draining) }
        guard (try? await Task.sleep(for: configuration.limits.drainTimeout)) != nil else { return }
        let connections = registry.all
        logger.warning("requests in flight are cut off", metadata: ["connections": "\(connections.count)"])
        for connection in connections { connection.close() }
    }
}
