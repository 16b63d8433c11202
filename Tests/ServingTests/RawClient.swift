import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A client that sends the bytes that a test gives it, however wrong, and collects what comes back.
struct RawClient: Sendable {
    /// The test's deadline came before the server did what was expected.
    struct TooLate: Error, CustomStringConvertible {
        var received: String
        var description: String { "nothing more within the deadline; received so far: \(received)" }
    }

    /// What is waited for.
    enum Until: Sendable {
        case closed
        case text(String)
    }

    let port: Int
    var tls: NIOSSLContext?
    /// Whether it reads at all; a client that does not fills its window and lets the server wait.
    var reads = true

    /// Connects, lets `body` talk, and closes.
    func connect<Result: Sendable>(_ body: @Sendable (RawConnection) async throws -> Result) async throws -> Result {
        let received = Received()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                    }
                    try channel.pipeline.syncOperations.addHandler(Collector(received))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        do {
            let result = try await body(RawConnection(channel: channel, received: received))
            try? await channel.close().get()
            return result
        } catch {
            try? await channel.close().get()
            throw error
        }
    }

    /// Sends `text` and answers everything that comes back until `until`.
    func exchange(_ text: String, until: Until = .closed) async throws -> String {
        try await connect { connection in
            try? await connection.send(text)
            return try await connection.receive(until: until)
        }
    }
}

/// One open connection of a ``RawClient``.
struct RawConnection: Sendable {
    let channel: any Channel
    let received: Received

    var isClosed: Bool { received.state.withLock { $0.isClosed } }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get() }

    /// What came since the last call without `Date` fields, when the server has closed or a text has come. Fails after `deadline`.
    func receive(until: RawClient.Until, deadline: Duration = .seconds(20)) async throws -> String {
        let end = ContinuousClock.now + deadline
        while true {
            let (bytes, isClosed) = received.state.withLock { $0 }
            let text = String(decoding: bytes, as: UTF8.self)
            let isComplete = if case .text(let wanted) = until { text.contains(wanted) } else { false }
            if isComplete || isClosed {
                received.state.withLock { $0.bytes.removeFirst(bytes.count) }
                return text.replacing(#/\r\nDate: [^\r]*/#, with: "")
            }
            guard ContinuousClock.now < end else { throw RawClient.TooLate(received: text) }
            try await Task.sleep(for: .milliseconds(3))
        }
    }
}

/// What a connection has received.
final class Received: Sendable {
    let state = Mutex((bytes: [UInt8](), isClosed: false))
}

private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let received: Received

    init(_ received: Received) {
        self.received = received
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data).readableBytesView
        received.state.withLock { $0.bytes.append(contentsOf: bytes) }
    }

    func channelInactive(context: ChannelHandlerContext) { received.state.withLock { $0.isClosed = true } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
