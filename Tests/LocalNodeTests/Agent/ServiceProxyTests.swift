import Logging
import NIOCore
import NIOPosix
import Testing

@testable import LocalNode

/// A server that reads everything until the client has said all, then answers with its name and the length.
private final class CountingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let name: String
    private var count = 0

    init(_ name: String) { self.name = name }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { count += unwrapInboundIn(data).readableBytes }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else { return }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "\(name) \(count)"))).whenComplete { _ in
            channel.close(promise: nil)
        }
    }
}

@Suite("The proxy of services")
struct ServiceProxyTests {
    /// Where the proxy listens: an address of its own, so that all its ports are free.
    static let address = "127.45.\(Int.random(in: 0...255)).\(Int.random(in: 1...254))"

    static func server(_ name: String, on address: String = "127.0.0.1") async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(CountingHandler(name))
                }
            }
            .bind(host: address, port: 0).get()
    }

    /// Sends bytes, says that this is all, and returns the whole answer.
    static func ask(_ port: Int, bytes: Int, at address: String = address) async throws -> String {
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: address, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await client.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(repeating: UInt8(ascii: "x"), count: bytes))
            outbound.finish()
            var answer = ""
            for try await buffer in inbound { answer += String(buffer: buffer) }
            return answer
        }
    }

    @Test("connections go to the pods in turn, whole and with either side's end of input passed on")
    func relaying() async throws {
        let servers = [try await Self.server("a"), try await Self.server("b")]
        let backends = servers.map { Backend(address: "127.0.0.1", port: $0.localAddress?.port ?? 0) }
        let proxy = ServiceProxy(logger: Logger(label: "test"))
        let port = 7101
        let front = ServiceProxy.Front(address: Self.address, port: port)
        await proxy.update([front: backends])
        let answers = [try await Self.ask(port, bytes: 3_000_000), try await Self.ask(port, bytes: 7)]
        #expect(Set(answers.map { $0.prefix(1) }) == ["a", "b"])
        #expect(answers.map { $0.dropFirst(2) } == ["3000000", "7"])
        await proxy.update([front: [backends[1]]])
        #expect(try await Self.ask(port, bytes: 1) == "b 1")
        #expect(try await Self.ask(port, bytes: 2) == "b 2")
        await proxy.close()
        await #expect(throws: (any Error).self) { try await Self.ask(port, bytes: 1) }
        for server in servers { try await server.close() }
    }

    @Test("without a pod, connections end without an answer")
    func noBackend() async throws {
        let proxy = ServiceProxy(logger: Logger(label: "test"))
        let port = 7102
        await proxy.update([ServiceProxy.Front(address: Self.address, port: port): []])
        let answer = try? await Self.ask(port, bytes: 10)
        #expect(answer ?? "" == "")
        await proxy.close()
    }
}
