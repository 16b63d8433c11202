/// What a handler answers.
package struct ServerResponse: Sendable {
    /// The body of a response.
    package enum Body: Sendable {
        /// Sent at once with `Content-Length`.
        case bytes([UInt8])
        /// Written piece by piece (chunked) for as long as the closure runs, hours if need be. Returning ends the
        /// response; throwing cuts the connection, so that the client sees that the body is not complete. The closure's
        /// task is cancelled when the client goes away and when the server begins to drain.
        case stream(@Sendable (BodyWriter) async throws -> Void)
        /// The connection goes on as a WebSocket for as long as the closure runs; made by
        /// ``ServerResponse/webSocket(answering:protocol:serve:)``, which documents it.
        case webSocket(@Sendable (WebSocket) async throws -> Void)
    }

    /// The status code, 200…599.
    package var status: Int
    /// The header fields. Framing (`Content-Length`, `Transfer-Encoding`, `Connection`) is the server's; a handler may
    /// set `Connection: close` to end the connection after the response.
    package var headers: HeaderFields
    /// The body.
    package var body: Body

    /// A response.
    package init(status: Int, headers: HeaderFields = [:], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// JSON text with its content type.
    package static func json(_ bytes: [UInt8], status: Int = 200) -> ServerResponse {
        ServerResponse(status: status, headers: ["Content-Type": "application/json"], body: .bytes(bytes))
    }

    /// Plain text for people; a line feed is added.
    package static func text(_ text: String, status: Int = 200) -> ServerResponse {
        ServerResponse(
            status: status, headers: ["Content-Type": "text/plain; charset=utf-8"],
            body: .bytes(Array((text + "\n").utf8)))
    }
}
