import NIOCore
import Testing

@testable import Serving

@Suite("HTTP server")
struct HTTPServerTests {
    private static let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let close = "GET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    @Test(
        "a connection serves request after request",
        arguments: [ServerConfiguration.HandlerPlacement.eventLoop, .sharedPool])
    func keepAlive(placement: ServerConfiguration.HandlerPlacement) async throws {
        try await withServer(placement: placement) { _, port in
            try await RawClient(port: port).connect { connection in
                for index in 1...3 {
                    try await connection.send("POST /p\(index) HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
                    let answer = try await connection.receive(until: .text("3\n"))
                    #expect(
                        answer
                            == "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 11\r\n\r\n"
                            + "POST /p\(index) 3\n")
                }
            }
        }
    }

    @Test("pipelined requests are answered in order, whatever each takes")
    func pipelining() async throws {
        let handler: HTTPServer.Handler = { request in
            for _ in 0..<(Int(request.path.dropFirst()) ?? 0) % 7 { await Task.yield() }
            return .text("<\(request.path) \(request.body.count)>")
        }
        try await withServer(handler: handler) { _, port in
            let requests = (0..<300).map { index in
                index % 3 == 0
                    ? "GET /\(index) HTTP/1.1\r\nHost: x\r\n\r\n"
                    : "POST /\(index) HTTP/1.1\r\nHost: x\r\nContent-Length: \(index)\r\n\r\n"
                        + String(repeating: "b", count: index)
            }
            let answer = try await RawClient(port: port).exchange(requests.joined() + Self.close)
            let found = answer.matches(of: #/<.*>/#).map { String($0.output) }
            let expected = (0..<300).map { "</\($0) \($0 % 3 == 0 ? 0 : $0)>" } + ["</end 0>"]
            #expect(found == expected)
        }
    }

    @Test("a request may arrive byte by byte, its body in chunks")
    func slowPieces() async throws {
        try await withServer { _, port in
            try await RawClient(port: port).connect { connection in
                let request =
                    "PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
                for byte in request.utf8 { try await connection.send([byte]) }
                #expect(try await connection.receive(until: .text("PUT /x 5")).hasPrefix("HTTP/1.1 200 OK"))
            }
        }
    }

    @Test("HEAD, 204 and 304 have no body, and the connection stays in step")
    func noBody() async throws {
        let handler: HTTPServer.Handler = { request in
            switch request.path {
            case "/204": ServerResponse(status: 204, body: .bytes(Array("never".utf8)))
            case "/304": ServerResponse(status: 304, body: .bytes(Array("never".utf8)))
            case "/stream": ServerResponse(status: 200, body: .stream { try await $0.write(Array("never".utf8)) })
            default: .text("body of \(request.method)")
            }
        }
        try await withServer(handler: handler) { _, port in
            let paths = ["HEAD /", "GET /204", "GET /304", "HEAD /stream"]
            let requests = paths.map { "\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
            let answer = try await RawClient(port: port).exchange(requests + Self.close)
            #expect(!answer.contains("never"))
            #expect(!answer.contains("body of HEAD"))
            #expect(answer.contains("Content-Length: 13\r\n"))
            #expect(answer.hasSuffix("body of GET\n"))
        }
    }

    @Test("an HTTP/1.0 client gets a body that ends with the connection")
    func oldClient() async throws {
        let handler: HTTPServer.Handler = { _ in
            ServerResponse(status: 200, body: .stream { try await $0.write(Array("streamed".utf8)) })
        }
        try await withServer(handler: handler) { _, port in
            let answer = try await RawClient(port: port).exchange("GET / HTTP/1.0\r\n\r\n")
            #expect(answer == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nstreamed")
        }
    }

    @Test("Expect: 100-continue is answered before the body comes")
    func expectContinue() async throws {
        try await withServer { _, port in
            try await RawClient(port: port).connect { connection in
                try await connection.send(
                    "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
                let interim = try await connection.receive(until: .text("\r\n\r\n"))
                #expect(interim == "HTTP/1.1 100 Continue\r\n\r\n")
                try await connection.send("ok")
                #expect(try await connection.receive(until: .text("PUT / 2")).hasPrefix("HTTP/1.1 200 OK"))
            }
        }
    }

    @Test("a response cannot be split by what a handler puts into a header")
    func splitting() async throws {
        let handler: HTTPServer.Handler = { _ in
            ServerResponse(
                status: 200,
                headers: ["X-A": "a\r\nX-Evil: 1", "X-B": "good", "X-\r\nC": "c", "Content-Length": "999"],
                body: .bytes([]))
        }
        try await withServer(handler: handler) { _, port in
            let answer = try await RawClient(port: port).exchange(Self.close)
            #expect(answer == "HTTP/1.1 200 OK\r\nX-B: good\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
    }

    @Test(
        "a date is written as RFC 9110 wants it",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (1_767_225_599, "Wed, 31 Dec 2025 23:59:59 GMT"),
        ])
    func dates(seconds: Int64, expected: String) {
        #expect(HTTPDate.text(seconds) == expected)
    }

    @Test("headers, query and path reach the handler as sent")
    func requestParts() async throws {
        let handler: HTTPServer.Handler = { request in
            .text(
                "\(request.path)|\(request.query("x") ?? "-")|\(request.headers["ACCEPT"] ?? "-")|"
                    + "\(request.headers.contentType ?? "-")|\(request.peer == nil)")
        }
        try await withServer(handler: handler) { _, port in
            let answer = try await RawClient(port: port).exchange(
                "GET /a%20b?x=%2F&y HTTP/1.1\r\nHost: x\r\naccept: text/html\r\nContent-Type: Text/JSON ; charset=x\r\n"
                    + "Connection: close\r\n\r\n")
            #expect(answer.hasSuffix("/a%20b|/|text/html|text/json|true\n"))
        }
    }
}
