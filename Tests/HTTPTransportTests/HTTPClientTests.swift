import HTTPTransport
import TestSupport
import Testing

@Suite("requests over plain HTTP") struct HTTPClientTests {
    let client = HTTPClient()

    @Test("status, header fields and body arrive as sent, whatever the status", arguments: [200, 201, 404, 429, 503])
    func status(code: Int) async throws {
        let server = try ScriptedServer { _, connection in
            connection.respond(code, "hello", headers: [("X-One", "1"), ("X-Two", "a"), ("x-two", " b ")])
        }
        let response = try await client.send(HTTPRequest(url: server.url + "/a?b=c"))
        #expect(response.status == code)
        #expect(response.body == Array("hello".utf8))
        #expect(response.headers["x-one"] == "1")
        #expect(response.headers.values(of: "X-TWO") == ["a", "b"])
        #expect(server.requests.first?.target == "/a?b=c")
    }

    struct Sent: Sendable {
        var method: String
        var body: [UInt8]?
        var length: String?
    }

    @Test(
        "the method, the body and only our header fields are sent",
        arguments: [
            Sent(method: "GET", body: nil, length: nil), Sent(method: "DELETE", body: nil, length: nil),
            Sent(method: "POST", body: Array("x".utf8), length: "1"), Sent(method: "POST", body: nil, length: "0"),
            Sent(method: "PUT", body: [], length: "0"), Sent(method: "DELETE", body: Array("{}".utf8), length: "2"),
            Sent(method: "PATCH", body: [UInt8](repeating: 65, count: 3 << 20), length: "3145728"),
        ])
    func methods(sent: Sent) async throws {
        let server = try ScriptedServer { _, connection in connection.respond(200) }
        _ = try await client.send(
            HTTPRequest(method: sent.method, url: server.url, headers: [("X-Empty", "")], body: sent.body))
        let request = try #require(server.requests.first)
        #expect(request.method == sent.method)
        #expect(request.body == sent.body ?? [])
        #expect(request.headers["content-length"] == sent.length)
        #expect(request.headers["content-type"] == nil)
        #expect(request.headers["expect"] == nil)
        #expect(request.headers["x-empty"] == "")
    }

    @Test("HEAD gets the header fields and no body")
    func head() async throws {
        let server = try ScriptedServer { _, connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
        }
        let response = try await client.send(HTTPRequest(method: "HEAD", url: server.url))
        #expect(response.headers["content-length"] == "5000")
        #expect(response.body.isEmpty)
    }

    @Test("one connection serves many requests, also beside many streams", arguments: [0, 40])
    func reuse(streams: Int) async throws {
        let server = try ScriptedServer { request, connection in
            guard request.path == "/stream" else { return connection.respond(200, "ok") }
            connection.begin()
            connection.waitForClientToClose()
        }
        var open: [HTTPStream] = []
        for _ in 0..<streams { open.append(try await client.stream(HTTPRequest(url: server.url + "/stream"))) }
        for _ in 0..<20 { _ = try await client.send(HTTPRequest(url: server.url)) }
        let requests = server.requests.filter { $0.path != "/stream" }
        #expect(requests.count == 20)
        #expect(Set(requests.map(\.connection)).count == 1)
        withExtendedLifetime(open) {}
    }

    @Test("a hundred requests at once all get their own answer")
    func concurrent() async throws {
        let server = try ScriptedServer { request, connection in connection.respond(200, request.target) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let response = try await client.send(HTTPRequest(url: server.url + "/\(number)"))
                    #expect(String(decoding: response.body, as: UTF8.self) == "/\(number)")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("an interim response is not the response")
    func interim() async throws {
        let server = try ScriptedServer { _, connection in
            connection.send("HTTP/1.1 103 Early Hints\r\nX-Hint: 1\r\n\r\n")
            connection.respond(201, "made")
        }
        let response = try await client.send(HTTPRequest(url: server.url))
        #expect(response.status == 201)
        #expect(response.headers["x-hint"] == nil)
    }

    @Test("redirects are handed over by default and followed as far as allowed")
    func redirects() async throws {
        let server = try ScriptedServer { request, connection in
            let number = Int(request.path.dropFirst()) ?? 0
            if number == 0 { return connection.respond(200, "end") }
            connection.respond(302, "go on", headers: [("Location", "/\(number - 1)")])
        }
        let kept = try await client.send(HTTPRequest(url: server.url + "/3"))
        #expect(kept.status == 302)
        let followed = try await client.send(HTTPRequest(url: server.url + "/3", maximumRedirects: 3))
        #expect(followed.status == 200)
        #expect(String(decoding: followed.body, as: UTF8.self) == "end")
        await expect(.tooManyRedirects) {
            try await client.send(HTTPRequest(url: server.url + "/4", maximumRedirects: 3))
        }
    }

    @Test("a redirect to a protocol that is not allowed is refused")
    func redirectProtocol() async throws {
        let server = try ScriptedServer { _, connection in
            connection.respond(302, headers: [("Location", "ftp://127.0.0.1/x")])
        }
        await expect(.protocolNotAllowed) {
            try await client.send(HTTPRequest(url: server.url, maximumRedirects: 3))
        }
    }

    struct Refused: Sendable {
        var request: HTTPRequest
        var code: HTTPError.Code
    }

    @Test(
        "a request that is wrong is refused before anything is sent",
        arguments: [
            Refused(request: HTTPRequest(url: "not a url"), code: .invalidRequest),
            Refused(request: HTTPRequest(url: "/relative"), code: .invalidRequest),
            Refused(request: HTTPRequest(url: "file:///etc/passwd"), code: .invalidRequest),
            Refused(request: HTTPRequest(url: "gopher://127.0.0.1/"), code: .protocolNotAllowed),
            Refused(request: HTTPRequest(url: "http://127.0.0.1/", protocols: [.https]), code: .protocolNotAllowed),
            Refused(request: HTTPRequest(method: "GET X", url: "http://127.0.0.1/"), code: .invalidRequest),
            Refused(
                request: HTTPRequest(url: "http://127.0.0.1/", headers: [("A", "b\r\nC: d")]), code: .invalidRequest),
            Refused(request: HTTPRequest(url: "http://127.0.0.1/", headers: [("A:", "b")]), code: .invalidRequest),
            Refused(request: HTTPRequest(url: "http://127.0.0.1/", timeout: .zero), code: .invalidRequest),
            Refused(
                request: HTTPRequest(method: "POST", url: "http://127.0.0.1/", maximumRedirects: 1),
                code: .invalidRequest),
        ])
    func refused(row: Refused) async {
        await expect(row.code) { try await client.send(row.request) }
    }

    @Test("a refused connection says so and was not sent; credentials and query stay out of the message")
    func refusedConnection() async throws {
        let port = try ScriptedServer.unusedPort()
        let url = "http://user:secret@127.0.0.1:\(port)/path?token=secret"
        let error = await expect(.cannotConnect) { try await client.send(HTTPRequest(url: url)) }
        #expect(error?.wasNotSent == true)
        #expect(error?.message.contains("secret") == false)
        #expect(error?.message.contains("GET http://127.0.0.1:\(port)/path") == true)
    }

    @Test("after close, requests in flight and new ones fail")
    func close() async throws {
        let client = HTTPClient()
        let server = try ScriptedServer { _, connection in
            client.close()
            connection.waitForClientToClose()
        }
        await expect(.clientClosed) { try await client.send(HTTPRequest(url: server.url)) }
        await expect(.clientClosed) { try await client.send(HTTPRequest(url: server.url)) }
    }
}

/// Expects an ``HTTPError`` of one code, and returns it.
@discardableResult
func expect<T>(
    _ code: HTTPError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> T
) async -> HTTPError? {
    do {
        _ = try await body()
        Issue.record("expected \(code), but it succeeded", sourceLocation: sourceLocation)
    } catch let error as HTTPError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        return error
    } catch {
        Issue.record("expected \(code), got \(error)", sourceLocation: sourceLocation)
    }
    return nil
}
