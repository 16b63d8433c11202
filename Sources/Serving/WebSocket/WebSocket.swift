import NIOCore

/// One WebSocket connection (RFC 6455), from its handshake to its end.
package struct WebSocket: Sendable {
    private let inbound: NIOAsyncChannelInboundStream<[UInt8]>
    private let outbound: NIOAsyncChannelOutboundWriter<[UInt8]>

    init(
        inbound: NIOAsyncChannelInboundStream<[UInt8]>, outbound: NIOAsyncChannelOutboundWriter<[UInt8]>
    ) {
        self.inbound = inbound
        self.outbound = outbound
    }

    /// What the client sends, whole messages in order, text as its UTF-8; ends when either side closes. Not taking
    /// them holds the client back. To be iterated once.
    package var messages: some AsyncSequence<[UInt8], any Error> & Sendable { inbound }

    /// Sends a binary message. Waits while the client is slow to read, so memory stays bounded.
    ///
    /// Throws when the connection is over, `CancellationError` when the task is cancelled.
    package func send(_ message: [UInt8]) async throws { try await outbound.write(message) }
}

/// Why a WebSocket ends, as its Close frame says. A handler throws one to end with it.
package struct WebSocketClosure: Error, Sendable, Hashable {
    /// A status code of RFC 6455 section 7.4, 1000…1011 or 3000…4999.
    package var code: UInt16
    /// For people, at most 123 bytes; more is cut.
    package var reason: String

    /// A closure with its code and reason.
    package init(code: UInt16, reason: String = "") {
        self.code = code
        self.reason = reason
    }

    /// All is done.
    package static let normal = WebSocketClosure(code: 1000)
    /// The server stops.
    package static let goingAway = WebSocketClosure(code: 1001, reason: "the server stops")
    static let idle = WebSocketClosure(code: 1001, reason: "nothing came or went for too long")
    static let protocolError = WebSocketClosure(code: 1002)
    static let invalidText = WebSocketClosure(code: 1007)
    static let tooLarge = WebSocketClosure(code: 1009)
    static let failed = WebSocketClosure(code: 1011)
}
