import Cryptography

extension ServerRequest {
    /// Whether the client asks to go on with the WebSocket protocol. Source: RFC 6455 section 4.2.1.
    package var wantsWebSocket: Bool {
        tokens("Upgrade").contains { $0.lowercased() == "websocket" }
            && tokens("Connection").contains { $0.lowercased() == "upgrade" }
    }

    /// The subprotocols that the client can speak, the one it likes best first.
    package var webSocketProtocols: [String] { tokens("Sec-WebSocket-Protocol") }

    /// The parts of a comma-separated field.
    private func tokens(_ name: String) -> [String] {
        headers.values(name).flatMap { $0.split(separator: ",") }
            .map { $0.filter { $0 != " " && $0 != "\t" } }.filter { !$0.isEmpty }
    }
}

extension ServerResponse {
    /// What is hashed with the client's key. Source: RFC 6455 section 1.3.
    private static let keySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// Turns the connection of `request` into a WebSocket that `serve` talks on, or refuses a bad handshake with 400, 405
    /// or 426.
    ///
    /// Returning closes it with 1000, throwing with 1011 or the ``WebSocketClosure`` that is thrown. The closure's task is
    /// cancelled when the client goes away and when the server begins to drain. `protocol` is one of
    /// ``ServerRequest/webSocketProtocols``, `nil` for none. Source: RFC 6455 section 4.2.
    package static func webSocket(
        answering request: ServerRequest, protocol: String? = nil,
        serve: @escaping @Sendable (WebSocket) async throws -> Void
    ) -> ServerResponse {
        guard request.method == "GET" else {
            var refusal = ServerResponse.text("a WebSocket begins with GET", status: 405)
            refusal.headers["Allow"] = "GET"
            return refusal
        }
        guard request.headers.values("Sec-WebSocket-Version") == ["13"] else {
            var refusal = ServerResponse.text("the only WebSocket version here is 13", status: 426)
            refusal.headers["Sec-WebSocket-Version"] = "13"
            return refusal
        }
        let keys = request.headers.values("Sec-WebSocket-Key")
        guard request.wantsWebSocket, keys.count == 1, let key = keys.first, Base64.decode(key)?.count == 16,
            let digest = try? SHA1.digest(Array((key + keySuffix).utf8))
        else {
            return .text("a WebSocket needs Upgrade, Connection and one Sec-WebSocket-Key of 16 bytes", status: 400)
        }
        var headers: HeaderFields = ["Upgrade": "websocket", "Sec-WebSocket-Accept": Base64.encodeText(digest)]
        headers["Sec-WebSocket-Protocol"] = `protocol`
        return ServerResponse(status: 101, headers: headers, body: .webSocket(serve))
    }
}
