import NIOCore
import Serving
import Testing

@Suite("Hostile clients")
struct HostileClientTests {
    private static let good = "GET /good HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    /// Small limits, and times that no good request of these tests comes near.
    private static var limits: ServerLimits {
        var limits = ServerLimits()
        limits.maximumBodyBytes = 1000
        limits.bodyBytesByPath = ["/big": 100_000]
        limits.maximumHeaderFieldBytes = 2000
        limits.maximumHeaderBytes = 4000
        limits.maximumHeaderCount = 20
        limits.lingerTimeout = .milliseconds(100)
        return limits
    }

    private func expectAlive(_ port: Int) async throws {
        #expect(try await RawClient(port: port).exchange(Self.good).hasSuffix("GET /good 0\n"))
    }

    @Test(
        "what is wrong is refused with a status and a closed connection, and the server lives on",
        arguments: [
            ("nonsense", "hello\r\n\r\n", "400"),
            ("binary", "\u{0}\u{1}\u{2}\u{3}\r\n\r\n", "400"),
            ("TLS on a plain port", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\r\n", "400"),
            ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400"),
            ("no version", "GET /\r\n\r\n", "400"),
            ("unknown version", "GET / HTTP/9.9\r\nHost: x\r\n\r\n", "400"),
            ("lower-case method", "get / HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
            ("no Host", "GET / HTTP/1.1\r\n\r\n", "400"),
            ("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
            ("bad header", "GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n", "400"),
            ("space before colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "400"),
            ("NUL in a header", "GET / HTTP/1.1\r\nHost: x\r\nA: \u{0}\r\n\r\n", "400"),
            ("negative length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "400"),
            ("length overflow", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", "400"),
            ("two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"),
            (
                "smuggling",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"
            ),
            (
                "a coding after chunked",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", "400"
            ),
            ("an unknown coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "400"),
            ("a length in hexadecimal", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\na", "400"),
            ("a list of lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na", "400"),
            ("a folded header", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", "400"),
            ("a bare CR", "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", "400"),
            ("bare line feeds", "GET / HTTP/1.1\nHost: x\n\n", "400"),
            ("bad chunk", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"),
            (
                "chunk overflow",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", "400"
            ),
            ("unknown expectation", "POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 1\r\n\r\na", "417"),
            ("length too large", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", "413"),
            (
                "length too large, with Expect",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n", "413"
            ),
            (
                "body too large, sent whole",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n" + String(repeating: "b", count: 5000),
                "413"
            ),
            (
                "chunks too large",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n"
                    + String(repeating: "b", count: 1001) + "\r\n0\r\n\r\n", "413"
            ),
            (
                "one long header",
                "GET / HTTP/1.1\r\nHost: x\r\nA: " + String(repeating: "b", count: 3000) + "\r\n\r\n", "431"
            ),
            (
                "a header without end", "GET / HTTP/1.1\r\nHost: x\r\nA: " + String(repeating: "b", count: 100_000),
                "431"
            ),
            (
                "many headers",
                "GET / HTTP/1.1\r\nHost: x\r\n" + (0..<100).map { "A\($0): b\r\n" }.joined() + "\r\n", "431"
            ),
            ("a long target", "GET /" + String(repeating: "a", count: 100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", "431"),
        ])
    func refused(name: String, request: String, status: String) async throws {
        try await withServer(limits: Self.limits) { _, port in
            let answer = try await RawClient(port: port).exchange(request)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(name): \(answer)")
            #expect(answer.contains("\r\nConnection: close\r\n"), "\(name): \(answer)")
            #expect(answer.split(separator: "Content-Length: ").count == 2, "\(name): \(answer)")
            try await expectAlive(port)
        }
    }

    @Test("what was asked before the nonsense is answered first")
    func nonsenseAfterGood() async throws {
        try await withServer(limits: Self.limits) { _, port in
            let good = "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
            let answer = try await RawClient(port: port).exchange(good + good + "nonsense\r\n\r\n")
            #expect(answer.split(separator: "GET /1 0\n").count == 3)
            #expect(answer.contains("HTTP/1.1 400 Bad Request"))
            try await expectAlive(port)
        }
    }

    @Test("a path with its own limit takes more")
    func ownLimit() async throws {
        try await withServer(limits: Self.limits) { _, port in
            let body = String(repeating: "b", count: 100_000)
            let answer = try await RawClient(port: port).exchange(
                "POST /big?x=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100000\r\n\r\n" + body)
            #expect(answer.hasSuffix("POST /big 100000\n"))
        }
    }

    /// Which time a test makes short; the others stay far away.
    enum Short: Sendable { case header, body, idle }

    private func withShort(_ short: Short, _ attempt: (ServerLimits) async throws -> Bool) async throws {
        try await withGrowingTime { time in
            var limits = Self.limits
            switch short {
            case .header: limits.headerTimeout = time
            case .body: limits.bodyTimeout = time
            case .idle: limits.idleTimeout = time
            }
            return try await attempt(limits)
        }
    }

    @Test(
        "who is too slow is told so and cut off",
        arguments: [
            (Short.header, "GET / HTTP/1.1\r\nHost: x\r\nA: ", "HTTP/1.1 408"),
            (.body, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc", "HTTP/1.1 408"),
            (.body, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "HTTP/1.1 408"),
            (.idle, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET", "GET /1 0\n"),
            (.idle, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n", "GET /1 0\n"),
            (.header, "", ""),
        ])
    func slow(short: Short, request: String, expected: String) async throws {
        try await withShort(short) { limits in
            try await withServer(limits: limits) { server, port in
                let answer = try await RawClient(port: port).exchange(request)
                try await eventually("no connection left") { server.openConnections == 0 }
                return expected.isEmpty ? answer.isEmpty : answer.contains(expected)
            }
        }
    }

    @Test(
        "a byte now and then does not put off the deadline of a header section or body",
        arguments: [
            (Short.header, "GET / HTTP/1.1\r\nA: "),
            (.body, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n"),
        ])
    func dripping(short: Short, start: String) async throws {
        try await withShort(short) { limits in
            try await withServer(limits: limits) { _, port in
                try await RawClient(port: port).connect { connection in
                    try await connection.send(start)
                    async let answer = connection.receive(until: .text("408"))
                    for _ in 0..<800 where !connection.isClosed {
                        try? await connection.send("a")
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    return try await answer.hasPrefix("HTTP/1.1 408")
                }
            }
        }
    }

    @Test("connections beyond the limit are closed, and a place that is free again is given")
    func tooMany() async throws {
        var limits = Self.limits
        limits.maximumConnections = 3
        try await withServer(limits: limits) { server, port in
            let client = RawClient(port: port)
            try await client.connect { first in
                try await client.connect { second in
                    try await client.connect { third in
                        for connection in [first, second, third] {
                            try await connection.send("GET /in HTTP/1.1\r\nHost: x\r\n\r\n")
                            #expect(try await connection.receive(until: .text("GET /in")).contains("200 OK"))
                        }
                        #expect(try await client.exchange(Self.good) == "")
                    }
                }
            }
            try await eventually("places are free") { server.openConnections == 0 }
            try await expectAlive(port)
        }
    }

    @Test("bodies share a budget: what exceeds it is put off, and what is answered is given back")
    func budget() async throws {
        var limits = Self.limits
        limits.maximumBufferedBytes = 1500
        let metrics = MetricsRegistry()
        let (release, releaser) = AsyncStream.makeStream(of: Void.self)
        let (held, holding) = AsyncStream.makeStream(of: Void.self)
        let handler: HTTPServer.Handler = { request in
            if request.path == "/hold" {
                holding.finish()
                for await _ in release {}
            }
            return .text("\(request.path) \(request.body.count)")
        }
        let body = " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + String(repeating: "b", count: 1000)
        try await withServer(limits: limits, metrics: metrics, handler: handler) { _, port in
            let client = RawClient(port: port)
            for _ in 0..<5 {
                #expect(try await client.exchange("POST /x" + body, until: .text("/x 1000\n")).contains("200 OK"))
            }
            async let holder = client.exchange("POST /hold" + body, until: .text("/hold 1000\n"))
            for await _ in held {}
            let refused = try await client.exchange("POST /x" + body)
            #expect(refused.hasPrefix("HTTP/1.1 503 "))
            #expect(refused.contains("\r\nRetry-After: 1\r\n"))
            releaser.finish()
            #expect(try await holder.contains("200 OK"))
            #expect(try await client.exchange("POST /x" + body, until: .text("/x 1000\n")).contains("200 OK"))
            let text = String(decoding: metrics.text(), as: UTF8.self)
            #expect(text.contains(#"kubedl_http_responses_total{code="2xx"} 7"#))
            #expect(text.contains("kubedl_http_refusals_total 1\n"))
        }
    }

    @Test("random bytes and mutated requests never bring the server down")
    func fuzz() async throws {
        var limits = Self.limits
        limits.headerTimeout = .seconds(2)
        limits.bodyTimeout = .seconds(2)
        limits.idleTimeout = .seconds(2)
        try await withServer(limits: limits) { _, port in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for seed in 0..<40 {
                    group.addTask {
                        var random = SplitMix(state: UInt64(seed))
                        var bytes = Array(
                            "POST /x?a=%41 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nAccept: */*\r\n\r\nhello\(Self.good)"
                                .utf8)
                        for _ in 0..<Int.random(in: 1...20, using: &random) {
                            let index = Int.random(in: bytes.indices, using: &random)
                            bytes[index] = UInt8.random(in: 0...255, using: &random)
                        }
                        let request = bytes
                        _ = try? await RawClient(port: port).connect { connection in
                            try await connection.send(request)
                            return try await connection.receive(until: .closed)
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await expectAlive(port)
        }
    }
}

/// A small reproducible generator (SplitMix64, Steele et al. 2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
