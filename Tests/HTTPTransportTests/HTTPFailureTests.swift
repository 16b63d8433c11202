import HTTPTransport
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("answers that are slow, cut, malformed or too large") struct HTTPFailureTests {
    let client = HTTPClient()

    struct Answer: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: String
        var code: HTTPError.Code
    }

    @Test(
        "an answer that is not whole HTTP is an error",
        arguments: [
            Answer(testDescription: "nothing", bytes: "", code: .connectionLost),
            Answer(testDescription: "not HTTP", bytes: "SSH-2.0-OpenSSH\r\n\r\n", code: .malformedResponse),
            Answer(testDescription: "a wild status", bytes: "HTTP/1.1 abc\r\n\r\n", code: .malformedResponse),
            Answer(testDescription: "a cut head", bytes: "HTTP/1.1 200 OK\r\nA: b", code: .connectionLost),
            Answer(
                testDescription: "a cut body", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
                code: .connectionLost),
            Answer(
                testDescription: "cut chunks",
                bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", code: .connectionLost),
            Answer(
                testDescription: "bad chunk size",
                bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab", code: .connectionLost),
            Answer(
                testDescription: "endless head",
                bytes: "HTTP/1.1 200 OK\r\n"
                    + String(repeating: "A: \(String(repeating: "b", count: 1000))\r\n", count: 300),
                code: .malformedResponse),
        ])
    func malformed(answer: Answer) async throws {
        let server = try ScriptedServer { _, connection in
            connection.send(answer.bytes)
            connection.close()
        }
        let error = await expect(answer.code) { try await client.send(HTTPRequest(url: server.url)) }
        #expect(error?.message.contains(server.url) == true)
    }

    @Test("a response over the limit is refused, announced or not", arguments: [true, false])
    func tooLarge(isAnnounced: Bool) async throws {
        let server = try ScriptedServer { _, connection in
            let body = String(repeating: "x", count: 1001)
            if isAnnounced { return connection.respond(200, body) }
            connection.begin()
            connection.chunk(body)
            connection.chunk("")
        }
        await expect(.tooLarge) {
            try await client.send(HTTPRequest(url: server.url, maximumResponseBytes: 1000))
        }
        let whole = try await client.send(HTTPRequest(url: server.url, maximumResponseBytes: 1001))
        #expect(whole.body.count == 1001)
    }

    @Test("the deadline ends a request that gets no answer, and one that trickles")
    func deadline() async throws {
        let server = try ScriptedServer { request, connection in
            if request.path == "/trickle" {
                connection.begin()
                while connection.chunk("x") { poll(nil, 0, 20) }
            }
            connection.waitForClientToClose()
        }
        for path in ["/silent", "/trickle"] {
            await expect(.deadlineExceeded) {
                try await client.send(
                    HTTPRequest(url: server.url + path, timeout: .milliseconds(200), idleTimeout: .seconds(100)))
            }
        }
    }

    @Test("the idle timeout ends a transfer on which nothing moves, not one that trickles")
    func idle() async throws {
        let server = try ScriptedServer { request, connection in
            connection.begin()
            for _ in 0..<20 {
                connection.chunk("x")
                poll(nil, 0, 20)
            }
            if request.path == "/stops" { connection.waitForClientToClose() } else { connection.chunk("") }
        }
        let idle = Duration.milliseconds(300)
        let slow = try await client.send(HTTPRequest(url: server.url + "/ends", idleTimeout: idle))
        #expect(slow.body.count == 20)
        await expect(.idleTimeout) {
            try await client.send(HTTPRequest(url: server.url + "/stops", idleTimeout: idle))
        }
    }

    @Test("cancelling the task ends the request and its connection")
    func cancellation() async throws {
        let (signal, reached) = AsyncStream<Bool>.makeStream()
        let server = try ScriptedServer { _, connection in
            reached.yield(true)
            reached.yield(connection.waitForClientToClose())
        }
        var steps = signal.makeAsyncIterator()
        let error = await withTaskGroup(of: HTTPError?.self) { group in
            group.addTask { await expect(.cancelled) { try await client.send(HTTPRequest(url: server.url)) } }
            _ = await steps.next()
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(error?.code == .cancelled)
        #expect(await steps.next() == true)
    }

    @Test("a connection that the server closed while idle is replaced without an error")
    func staleConnection() async throws {
        let server = try ScriptedServer { _, connection in
            connection.respond(200, "ok")
            connection.close()
        }
        for _ in 0..<5 {
            let response = try await client.send(HTTPRequest(url: server.url))
            #expect(response.status == 200)
        }
    }
}
