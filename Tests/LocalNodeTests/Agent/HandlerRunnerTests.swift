import HTTPTransport
import NIOCore
import NIOPosix
import Testing

@testable import LocalNode

/// Answers each connection's first bytes with a fixed text.
private final class FixedAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let text: String
    init(_ text: String) { self.text = text }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text))).whenComplete { _ in
            channel.close(promise: nil)
        }
    }
}

@Suite("Probes that speak with a pod's port")
struct HandlerRunnerTests {
    static func answering(_ text: String, on address: String = "127.0.0.1") async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FixedAnswer(text))
                }
            }
            .bind(host: address, port: 0).get()
    }

    static func run(_ handler: ContainerHandler) async throws -> HandlerOutcome {
        let http = HTTPClient(tls: TLSOptions(insecure: true))
        defer { http.close() }
        let runner = HandlerRunner(
            address: "127.0.0.1", isolation: .none(reason: "a test"), tools: try SystemTools(),
            processes: ProcessRegistry(), http: http)
        return await runner.run(handler, timeout: .seconds(5))
    }

    static func request(_ port: Int, host: String = "") -> ContainerHandler {
        .http(.init(scheme: "http", host: host, port: port, path: "/healthz", headers: []))
    }

    @Test(
        "statuses from 200 to 399 are success",
        arguments: [
            (200, true), (204, true), (301, true), (399, true), (400, false), (404, false), (500, false), (503, false),
        ])
    func statuses(_ status: Int, _ isGood: Bool) async throws {
        let server = try await Self.answering(
            "HTTP/1.1 \(status) X\r\nLocation: /x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        let outcome = try await Self.run(Self.request(server.localAddress?.port ?? 0))
        #expect(outcome == (isGood ? .success : .failure("HTTP probe failed with statuscode: \(status)")))
        try await server.close()
    }

    @Test("a port is there while somebody listens, and the failure names it afterwards")
    func sockets() async throws {
        // An address of its own, so that no other test listens there.
        let server = try await Self.answering("", on: "127.46.0.1")
        let port = server.localAddress?.port ?? 0
        #expect(try await Self.run(.tcp(host: "127.46.0.1", port: port)) == .success)
        try await server.close()
        // A program that another test is just starting may hold the socket for a moment.
        var problem = ""
        for _ in 0..<1000 where problem.isEmpty {
            problem = try await Self.run(.tcp(host: "127.46.0.1", port: port)).problem ?? ""
        }
        #expect(problem.hasPrefix("dial tcp 127.46.0.1:\(port): ") && problem.contains("refused"), "\(problem)")
        let request = try await Self.run(Self.request(port, host: "127.46.0.1")).problem ?? ""
        #expect(request.hasPrefix("Get \"http://127.46.0.1:\(port)/healthz\": "), "\(request)")
    }

    @Test("what cannot be done says so")
    func impossible() async throws {
        #expect(try await Self.run(.impossible("no grpc")) == .failure("no grpc"))
        #expect(try await Self.run(.exec([])).problem != nil)
        #expect(try await Self.run(.sleep(seconds: 0)) == .success)
    }
}
