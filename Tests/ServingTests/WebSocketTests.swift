import Serving
import Synchronization
import Testing

/// Source of what is expected: RFC 6455.
@Suite("WebSockets")
struct WebSocketTests {
    /// The client's key of section 1.3, and what must answer it.
    private static let head =
        "GET /socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    private static let accepted =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nConnection: Upgrade\r\n\r\n"

    private static var limits: ServerLimits {
        var limits = ServerLimits()
        limits.maximumMessageBytes = 70_000
        limits.lingerTimeout = .milliseconds(100)
        return limits
    }

    private static let echo: HTTPServer.Handler = { request in
        guard request.wantsWebSocket || request.path == "/socket" else { return .text("no socket") }
        return .webSocket(answering: request) { socket in
            for try await message in socket.messages { try await socket.send(message) }
        }
    }

    /// Opens a socket on a running server.
    private func withSocket<Result: Sendable>(
        _ port: Int, _ body: @Sendable (RawConnection) async throws -> Result
    ) async throws -> Result {
        try await RawClient(port: port).connect { connection in
            try await connection.send(Self.head + "\r\n")
            #expect(try await connection.receiveHead() == Self.accepted)
            return try await body(connection)
        }
    }

    private func expectAlive(_ port: Int) async throws {
        let answer = try await RawClient(port: port).exchange(
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(answer.hasSuffix("no socket\n"))
    }

    @Test("messages go both ways, whole or in pieces, with pings between them, until the client closes")
    func conversation() async throws {
        try await withServer(limits: Self.limits, handler: Self.echo) { server, port in
            try await withSocket(port) { connection in
                let large = [UInt8](repeating: 7, count: 70_000)
                var sent: [UInt8] = []
                sent += ClientFrame(ClientFrame.text, "grüße").bytes
                sent += ClientFrame(ClientFrame.binary, [1, 2]).with { $0.isLast = false }.bytes
                sent += ClientFrame(ClientFrame.ping, "are you there?").bytes
                sent += ClientFrame(ClientFrame.continuation, []).with { $0.isLast = false }.bytes
                sent += ClientFrame(ClientFrame.continuation, [3]).bytes
                sent += ClientFrame(ClientFrame.pong, "not asked for").bytes
                sent += ClientFrame(ClientFrame.binary, large).bytes
                sent += ClientFrame(ClientFrame.binary, []).bytes
                // One byte at a time for the first ones, as a slow network may deliver them.
                for byte in sent.prefix(60) { try await connection.send([byte]) }
                try await connection.send(Array(sent.dropFirst(60)))
                // What is written last is read last: then all was echoed, and closing loses nothing.
                var frames = try await connection.frames { $0.count == 5 }
                #expect(frames.first { $0.opcode == ClientFrame.pong }?.payload == Array("are you there?".utf8))
                frames.removeAll { $0.opcode == ClientFrame.pong }
                #expect(frames.allSatisfy { $0.opcode == ClientFrame.binary })
                #expect(frames.map(\.payload) == [Array("grüße".utf8), [1, 2, 3], large, []])
                try await connection.send(ClientFrame.close(1000, Array("bye".utf8)).bytes)
                let last = try await connection.frames { $0.last?.opcode == ClientFrame.close }.last
                #expect(last?.payload == [3, 232] + Array("bye".utf8))
                try await eventually("the server closes") { connection.isClosed }
            }
            try await eventually("nothing is left") { server.openConnections == 0 }
        }
    }

    @Test(
        "what breaks the protocol ends the connection with its code, and the server lives on",
        arguments: [
            ("unmasked", [ClientFrame(ClientFrame.text, "a").with { $0.isMasked = false }], 1002),
            ("a reserved bit", [ClientFrame(ClientFrame.text, "a").with { $0.reserved = 4 }], 1002),
            ("a reserved opcode", [ClientFrame(3, "a")], 1002),
            ("a reserved control opcode", [ClientFrame(11, "a")], 1002),
            ("a continuation of nothing", [ClientFrame(ClientFrame.continuation, "a")], 1002),
            (
                "a message within a message",
                [ClientFrame(ClientFrame.text, "a").with { $0.isLast = false }, ClientFrame(ClientFrame.text, "b")],
                1002
            ),
            ("a ping in pieces", [ClientFrame(ClientFrame.ping).with { $0.isLast = false }], 1002),
            ("a large ping", [ClientFrame(ClientFrame.ping, [UInt8](repeating: 0, count: 126))], 1002),
            ("a large frame", [ClientFrame(ClientFrame.binary, [UInt8](repeating: 0, count: 70_001))], 1009),
            (
                "a frame that claims 2^40 bytes", [ClientFrame(ClientFrame.binary).with { $0.toldLength = 1 << 40 }],
                1009
            ),
            ("a length beyond 2^63", [ClientFrame(ClientFrame.binary).with { $0.toldLength = UInt64.max }], 1009),
            (
                "a large message of small frames",
                (0..<72).map { number in
                    ClientFrame(
                        number == 0 ? ClientFrame.binary : ClientFrame.continuation, [UInt8](repeating: 0, count: 1000)
                    ).with { $0.isLast = false }
                }, 1009
            ),
            ("text that is none", [ClientFrame(ClientFrame.text, [0xC3, 0x28])], 1007),
            ("a Close of one byte", [ClientFrame(ClientFrame.close, [3])], 1002),
            ("a Close with a code that is never sent", [ClientFrame.close(1005)], 1002),
            ("a Close with a code beyond all", [ClientFrame.close(5000)], 1002),
            ("a Close with a reason that is no text", [ClientFrame.close(1000, [0xFF])], 1007),
        ] as [(String, [ClientFrame], UInt16)])
    func violations(_ what: String, _ frames: [ClientFrame], _ code: UInt16) async throws {
        try await withServer(limits: Self.limits, handler: Self.echo) { server, port in
            try await withSocket(port) { connection in
                for frame in frames { try? await connection.send(frame.bytes) }
                let last = try await connection.frames { $0.last?.opcode == ClientFrame.close }.last
                #expect(last?.payload.prefix(2) == [UInt8(code >> 8), UInt8(code & 255)], "\(what)")
                try await eventually("the server closes") { connection.isClosed }
            }
            try await expectAlive(port)
        }
    }

    @Test("a client that is cut off in the middle of a frame cancels the handler")
    func cut() async throws {
        let ends = Mutex<[Bool]>([])
        let handler: HTTPServer.Handler = { request in
            .webSocket(answering: request) { socket in
                // The end of the messages and the cancellation come in either order.
                defer { ends.withLock { $0.append(Task.isCancelled) } }
                for try await _ in socket.messages {}
                try await Task.sleep(for: .seconds(1000))
            }
        }
        try await withServer(limits: Self.limits, handler: handler) { server, port in
            try await withSocket(port) { connection in
                try await connection.send(Array(ClientFrame(ClientFrame.binary, "half").bytes.prefix(8)))
            }
            try await eventually("the handler ends") { ends.withLock { $0 } == [true] }
            try await eventually("nothing is left") { server.openConnections == 0 }
        }
    }

    @Test(
        "a bad handshake is refused, and an upgrade to something else is an ordinary request",
        arguments: [
            ("no key", head.replacing("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", with: ""), "400"),
            ("a short key", head.replacing("dGhlIHNhbXBsZSBub25jZQ==", with: "c2hvcnQ="), "400"),
            ("a key that is no base 64", head.replacing("dGhlIHNhbXBsZSBub25jZQ==", with: "?????"), "400"),
            ("two keys", head + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "400"),
            ("an old version", head.replacing("Version: 13", with: "Version: 8"), "426"),
            ("no version", head.replacing("Sec-WebSocket-Version: 13\r\n", with: ""), "426"),
            ("POST", head.replacing("GET", with: "POST"), "405"),
            ("no Connection", head.replacing("Connection: keep-alive, Upgrade\r\n", with: ""), "400"),
            ("another protocol", head.replacing("Upgrade: websocket", with: "Upgrade: SPDY/3.1"), "400"),
            ("two Hosts", head + "Host: y\r\n", "400"),
        ])
    func badHandshakes(_ what: String, _ head: String, _ status: String) async throws {
        try await withServer(limits: Self.limits, handler: Self.echo) { _, port in
            let answer = try await RawClient(port: port).exchange(head + "\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(what): \(answer)")
            try await expectAlive(port)
        }
    }

    @Test("a handshake that is never finished gets 408")
    func slowHandshake() async throws {
        try await withGrowingTime { time in
            var limits = Self.limits
            limits.headerTimeout = time
            return try await withServer(limits: limits, handler: Self.echo) { _, port in
                try await RawClient(port: port).exchange(Self.head).hasPrefix("HTTP/1.1 408 ")
            }
        }
    }

    @Test("a thousand upgrades, good and bad, leave nothing behind")
    func thousandUpgrades() async throws {
        try await withServer(limits: Self.limits, handler: Self.echo) { server, port in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<1000 {
                    if number >= 50 { try await group.next() }
                    group.addTask {
                        try await RawClient(port: port).connect { connection in
                            let isGood = number % 2 == 0
                            let head = isGood ? Self.head : Self.head.replacing("13\r\n", with: "7\r\n")
                            try await connection.send(head + "\r\n")
                            let answer = try await connection.receive(until: .text("\r\n\r\n"))
                            #expect(answer.hasPrefix(isGood ? "HTTP/1.1 101 " : "HTTP/1.1 426 "))
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await eventually("nothing is left") { server.openConnections == 0 }
            try await expectAlive(port)
        }
    }

    @Test(
        "the end of the handler closes with its code, after what it has sent",
        arguments: [
            (nil, 1000), (WebSocketClosure(code: 3001, reason: "enough"), 3001), (ServerError.clientGone, 1011),
        ]
            as [((any Error)?, UInt16)])
    func ends(_ error: (any Error)?, _ code: UInt16) async throws {
        let handler: HTTPServer.Handler = { request in
            .webSocket(answering: request) { socket in
                for number in 0..<100 { try await socket.send([UInt8(number)]) }
                if let error { throw error }
            }
        }
        try await withServer(limits: Self.limits, handler: handler) { _, port in
            try await withSocket(port) { connection in
                let frames = try await connection.frames { $0.last?.opcode == ClientFrame.close }
                #expect(frames.dropLast().map(\.payload) == (0..<100).map { [$0] })
                #expect(frames.last?.payload.prefix(2) == [UInt8(code >> 8), UInt8(code & 255)])
                try await connection.send(ClientFrame.close(code).bytes)
                try await eventually("the server closes") { connection.isClosed }
            }
        }
    }

    @Test("an idle connection is closed with 1001")
    func idle() async throws {
        var limits = Self.limits
        limits.webSocketIdleTimeout = .milliseconds(50)
        try await withServer(limits: limits, handler: Self.echo) { server, port in
            try await withSocket(port) { connection in
                let last = try await connection.frames { $0.last?.opcode == ClientFrame.close }.last
                #expect(last?.payload.prefix(2) == [3, 233])
            }
        }
    }

    @Test("a server that stops closes its sockets with 1001 and cancels their handlers")
    func drain() async throws {
        let wasCancelled = Mutex(false)
        let server = makeServer(limits: Self.limits) { request in
            .webSocket(answering: request) { _ in
                try? await Task.sleep(for: .seconds(1000))
                wasCancelled.withLock { $0 = Task.isCancelled }
            }
        }
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withThrowingTaskGroup(of: Void.self) { serving in
                    serving.addTask { try await server.run() }
                    for await _ in stops { break }
                    serving.cancelAll()
                    try await serving.waitForAll()
                }
            }
            try await withSocket(try await server.started()) { connection in
                stop.yield()
                let last = try await connection.frames { $0.last?.opcode == ClientFrame.close }.last
                #expect(last?.payload.prefix(2) == [3, 233])
                try await eventually("the server closes") { connection.isClosed }
            }
            try await group.waitForAll()
        }
        #expect(wasCancelled.withLock { $0 })
    }

    @Test("a handler whose client takes nothing waits")
    func backPressure() async throws {
        let sent = Mutex(0)
        let handler: HTTPServer.Handler = { request in
            .webSocket(answering: request) { socket in
                while true {
                    try await socket.send([UInt8](repeating: 0, count: 60_000))
                    sent.withLock { $0 += 1 }
                }
            }
        }
        try await withServer(limits: Self.limits, handler: handler) { _, port in
            try await RawClient(port: port, reads: false).connect { connection in
                try await connection.send(Self.head + "\r\n")
                try await eventually("both sides wait") {
                    let before = sent.withLock { $0 }
                    try await Task.sleep(for: .milliseconds(300))
                    return before > 0 && before == sent.withLock { $0 }
                }
                // What fits into the sockets' buffers and one high-water mark; a server without limits would go on.
                #expect(sent.withLock { $0 } < 1000)
            }
        }
    }
}

extension RawConnection {
    /// The head of the answer without its date; frames may have come with it.
    fileprivate func receiveHead() async throws -> String {
        try await eventually("an answer") { received.state.withLock { $0.bytes.contains(Array("\r\n\r\n".utf8)) } }
        let head = received.state.withLock { state in
            let end = state.bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound ?? 0
            defer { state.bytes.removeFirst(end) }
            return String(decoding: state.bytes[..<end], as: UTF8.self)
        }
        return head.replacing(#/\r\nDate: [^\r]*/#, with: "")
    }

    /// The server's frames that have come by the time `isEnough` holds for them; keeps what has come.
    fileprivate func frames(until isEnough: ([ClientFrame]) -> Bool) async throws -> [ClientFrame] {
        let end = ContinuousClock.now + .seconds(20)
        while true {
            let (bytes, isClosed) = received.state.withLock { $0 }
            let frames = Self.frames(bytes)
            if isEnough(frames) { return frames }
            guard !isClosed, ContinuousClock.now < end else { throw RawClient.TooLate(received: "\(frames)") }
            try await Task.sleep(for: .milliseconds(3))
        }
    }

    /// The whole, unmasked frames at the beginning of `bytes`.
    private static func frames(_ bytes: [UInt8]) -> [ClientFrame] {
        var frames: [ClientFrame] = []
        var rest = bytes[...]
        while rest.count >= 2 {
            let head = Array(rest.prefix(10))
            let extra = head[1] == 126 ? 2 : head[1] == 127 ? 8 : 0
            guard head.count >= 2 + extra else { break }
            let length = extra == 0 ? Int(head[1]) : head[2..<(2 + extra)].reduce(0) { $0 << 8 | Int($1) }
            guard rest.count >= 2 + extra + length else { break }
            frames.append(ClientFrame(head[0] & 15, Array(rest.dropFirst(2 + extra).prefix(length))))
            rest = rest.dropFirst(2 + extra + length)
        }
        return frames
    }
}
