import NIOCore
import Serving
import Synchronization
import Testing

@Suite("Streaming, clients that go away, and stopping")
struct StreamTests {
    private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    /// What a handler went through.
    private final class Trace: Sendable {
        private let events = Mutex<[String]>([])
        func add(_ event: String) { events.withLock { $0.append(event) } }
        func contains(_ event: String) -> Bool { events.withLock { $0.contains(event) } }
        var count: Int { events.withLock { $0.count } }
    }

    private static let placements = [ServerConfiguration.HandlerPlacement.eventLoop, .sharedPool]

    @Test("pieces arrive at once, as chunks, and the connection can be used again", arguments: placements)
    func chunks(placement: ServerConfiguration.HandlerPlacement) async throws {
        let (steps, step) = AsyncStream.makeStream(of: Void.self)
        let handler: HTTPServer.Handler = { request in
            guard request.path == "/" else { return .text("after") }
            return ServerResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write(Array("one".utf8))
                    for await _ in steps {}
                    try await writer.write([])
                    try await writer.write(Array("two".utf8))
                })
        }
        try await withServer(placement: placement, handler: handler) { _, port in
            try await RawClient(port: port).connect { connection in
                try await connection.send(Self.get)
                let first = try await connection.receive(until: .text("one\r\n"))
                #expect(first == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
                step.finish()
                #expect(try await connection.receive(until: .text("0\r\n\r\n")) == "3\r\ntwo\r\n0\r\n\r\n")
                try await connection.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await connection.receive(until: .text("after\n")).hasPrefix("HTTP/1.1 200 OK"))
            }
        }
    }

    @Test("an idle timeout does not cut a stream that is silent", arguments: placements)
    func silence(placement: ServerConfiguration.HandlerPlacement) async throws {
        var limits = ServerLimits()
        limits.idleTimeout = .milliseconds(50)
        let handler: HTTPServer.Handler = { _ in
            ServerResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write(Array("a".utf8))
                    try await Task.sleep(for: .milliseconds(400))
                    try await writer.write(Array("b".utf8))
                })
        }
        try await withServer(limits: limits, placement: placement, handler: handler) { _, port in
            let answer = try await RawClient(port: port).exchange("GET / HTTP/1.0\r\n\r\n")
            #expect(answer.hasSuffix("\r\n\r\nab"))
        }
    }

    @Test("a body that breaks off is not ended, so that the client notices")
    func broken() async throws {
        struct Broken: Error {}
        let handler: HTTPServer.Handler = { _ in
            ServerResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write(Array("part".utf8))
                    throw Broken()
                })
        }
        try await withServer(handler: handler) { _, port in
            let answer = try await RawClient(port: port).exchange(Self.get)
            #expect(answer.hasSuffix("4\r\npart\r\n"))
        }
    }

    @Test("a handler is cancelled when its client goes away before the answer", arguments: placements)
    func goneWaiting(placement: ServerConfiguration.HandlerPlacement) async throws {
        let trace = Trace()
        let handler: HTTPServer.Handler = { _ in
            trace.add("asked")
            do { try await Task.sleep(for: .seconds(3600)) } catch { trace.add("cancelled") }
            return .text("late")
        }
        try await withServer(placement: placement, handler: handler) { server, port in
            try await RawClient(port: port).connect { connection in
                try await connection.send(Self.get)
                try await eventually("the handler runs") { trace.contains("asked") }
            }
            try await eventually("the handler is cancelled") { trace.contains("cancelled") }
            try await eventually("the connection is forgotten") { server.openConnections == 0 }
        }
    }

    @Test("a silent stream is cancelled when its client goes away", arguments: placements)
    func goneStreaming(placement: ServerConfiguration.HandlerPlacement) async throws {
        let trace = Trace()
        let handler: HTTPServer.Handler = { _ in
            ServerResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write(Array("hello".utf8))
                    do { try await Task.sleep(for: .seconds(3600)) } catch { trace.add("cancelled") }
                    do { try await writer.write(Array("more".utf8)) } catch { trace.add("refused") }
                })
        }
        try await withServer(placement: placement, handler: handler) { server, port in
            try await RawClient(port: port).connect { connection in
                try await connection.send(Self.get)
                _ = try await connection.receive(until: .text("hello"))
            }
            try await eventually("the stream is cancelled") { trace.contains("cancelled") && trace.contains("refused") }
            try await eventually("the connection is forgotten") { server.openConnections == 0 }
        }
    }

    @Test("a client that does not read holds the writer back, and is cut off in the end", arguments: placements)
    func backPressure(placement: ServerConfiguration.HandlerPlacement) async throws {
        var limits = ServerLimits()
        limits.writeTimeout = .milliseconds(300)
        let trace = Trace()
        let handler: HTTPServer.Handler = { _ in
            ServerResponse(
                status: 200,
                body: .stream { writer in
                    do {
                        while true {
                            try await writer.write([UInt8](repeating: 1, count: 65_536))
                            trace.add("piece")
                        }
                    } catch {
                        trace.add("\(error)")
                        throw error
                    }
                })
        }
        try await withServer(limits: limits, placement: placement, handler: handler) { server, port in
            try await RawClient(port: port, reads: false).connect { connection in
                try await connection.send(Self.get)
                try await eventually("the connection is cut") { server.openConnections == 0 }
                try await eventually("the writer is told") { trace.contains("\(ServerError.clientGone)") }
                // Far more than socket buffers hold would mean that nothing held the writer back.
                #expect(trace.count < 1000)
            }
        }
    }

    @Test("a fast stream to a fast reader arrives complete and in order", arguments: placements)
    func volume(placement: ServerConfiguration.HandlerPlacement) async throws {
        let handler: HTTPServer.Handler = { _ in
            ServerResponse(
                status: 200,
                body: .stream { writer in
                    for index in 0..<20_000 { try await writer.write(Array("line \(index)\n".utf8)) }
                })
        }
        try await withServer(placement: placement, handler: handler) { _, port in
            let answer = try await RawClient(port: port).exchange("GET / HTTP/1.0\r\n\r\n")
            let expected = (0..<20_000).map { "line \($0)\n" }.joined()
            #expect(answer.utf8.elementsEqual(("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + expected).utf8))
        }
    }

    // MARK: Stopping

    /// Runs a server with clients; tells it to stop when `ready`, and awaits the end of all.
    private func stopping(
        limits: ServerLimits = ServerLimits(), handler: @escaping HTTPServer.Handler,
        clients: [@Sendable (RawClient) async throws -> Void],
        ready: @escaping @Sendable (HTTPServer) async throws -> Void
    ) async throws {
        let server = makeServer(limits: limits, handler: handler)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in clients { group.addTask { try await client(RawClient(port: server.started())) } }
            try await withThrowingTaskGroup(of: Void.self) { serving in
                serving.addTask { try await server.run() }
                try await ready(server)
                serving.cancelAll()
                try await serving.waitForAll()
                try await eventually("no connection is left") { server.openConnections == 0 }
            }
            try await group.waitForAll()
        }
    }

    @Test("stopping finishes what is in flight, says close, and ends idle connections")
    func drains() async throws {
        let (release, releaser) = AsyncStream.makeStream(of: Void.self)
        let trace = Trace()
        let handler: HTTPServer.Handler = { request in
            if request.path == "/slow" {
                trace.add("slow")
                for await _ in release {}
                // The client is still there, so the task is not cancelled.
                trace.add(Task.isCancelled ? "cancelled" : "finished")
            }
            return .text("done \(request.path)")
        }
        let slow: @Sendable (RawClient) async throws -> Void = { client in
            let answer = try await client.exchange("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(answer.contains("Connection: close\r\n"))
            #expect(answer.hasSuffix("done /slow\n"))
        }
        let idle: @Sendable (RawClient) async throws -> Void = { client in
            try await client.connect { connection in
                try await connection.send("GET /quick HTTP/1.1\r\nHost: x\r\n\r\n")
                let answer = try await connection.receive(until: .text("done /quick\n"))
                #expect(!answer.contains("Connection: close"))
                trace.add("idle")
                #expect(try await connection.receive(until: .closed) == "")
            }
            // That connection ended because the server stops; now nothing new is accepted.
            try await eventually("new connections are refused") {
                (try? await client.exchange(Self.get)).map { $0.isEmpty } ?? true
            }
            releaser.finish()
        }
        try await stopping(handler: handler, clients: [slow, idle]) { _ in
            try await eventually("both are connected") { trace.contains("slow") && trace.contains("idle") }
        }
        #expect(trace.contains("finished"))
    }

    @Test("stopping cancels streams at once, and their bodies may still end regularly")
    func drainsStreams() async throws {
        let trace = Trace()
        let handler: HTTPServer.Handler = { _ in
            ServerResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write(Array("watching".utf8))
                    trace.add("stream")
                    do { try await Task.sleep(for: .seconds(3600)) } catch { trace.add("cancelled") }
                })
        }
        let watch: @Sendable (RawClient) async throws -> Void = { client in
            let answer = try await client.exchange(Self.get)
            #expect(answer.hasSuffix("watching\r\n0\r\n\r\n"))
        }
        try await stopping(handler: handler, clients: [watch]) { _ in
            try await eventually("the stream runs") { trace.contains("stream") }
        }
        #expect(trace.contains("cancelled"))
    }

    @Test("stopping cuts what does not end in time")
    func drainTimeout() async throws {
        var limits = ServerLimits()
        limits.drainTimeout = .milliseconds(100)
        let trace = Trace()
        let handler: HTTPServer.Handler = { _ in
            trace.add("asked")
            do { try await Task.sleep(for: .seconds(3600)) } catch { trace.add("cut") }
            return .text("never")
        }
        let stubborn: @Sendable (RawClient) async throws -> Void = { client in
            let answer = try await client.exchange(Self.get)
            #expect(answer == "")
        }
        try await stopping(limits: limits, handler: handler, clients: [stubborn]) { _ in
            try await eventually("the handler runs") { trace.contains("asked") }
        }
        #expect(trace.contains("cut"))
    }

    @Test("a server that is cancelled before it starts, or whose port is taken, ends with a clear outcome")
    func cannotStart() async throws {
        try await withServer { _, port in
            let second = makeServer(port: port, handler: { _ in .text("") })
            let error = await #expect(throws: ServerError.self) { try await second.run() }
            #expect(error?.description.hasPrefix("cannot listen on 127.0.0.1 port \(port): ") == true)
            await #expect(throws: ServerError.self) { try await second.started() }
        }
        let cancelled = makeServer(handler: { _ in .text("") })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask { try await cancelled.run() }
            try await group.waitForAll()
        }
    }
}
