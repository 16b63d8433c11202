/// How much a client may send and how long it may take. Every default is meant for production.
package struct ServerLimits: Sendable, Hashable {
    /// Largest request body in bytes; more is answered with 413.
    package var maximumBodyBytes = 16 * 1024 * 1024
    /// Body limits of single paths, for those that need another one than ``maximumBodyBytes``.
    package var bodyBytesByPath: [String: Int] = [:]
    /// Most bytes that the bodies of all connections may take together until they are answered; a request beyond that is
    /// answered with 503 and `Retry-After`.
    package var maximumBufferedBytes = 256 * 1024 * 1024
    /// Largest header field (name and value) in bytes; also the longest request line.
    package var maximumHeaderFieldBytes = 16 * 1024
    /// Largest sum of all header fields in bytes; more is answered with 431.
    package var maximumHeaderBytes = 64 * 1024
    /// Most header fields of a request.
    package var maximumHeaderCount = 100
    /// From accepting a connection (TLS handshake included), or from the first byte of a later request, to the end of
    /// the header section; then 408.
    package var headerTimeout = Duration.seconds(10)
    /// From the end of the header section to the end of the body; then 408.
    package var bodyTimeout = Duration.seconds(30)
    /// How long a connection may stay open between requests. Never cuts a response, however long it streams.
    package var idleTimeout = Duration.seconds(120)
    /// How long a client may leave a response unread before the connection is cut.
    package var writeTimeout = Duration.seconds(60)
    /// How long a WebSocket may stay open while nothing comes or goes. Default: kubelet's
    /// `streamingConnectionIdleTimeout`.
    package var webSocketIdleTimeout = Duration.seconds(4 * 3600)
    /// Largest message, and largest frame, of a WebSocket in bytes; more ends it with 1009. A connection holds a few at
    /// most, then the client is held back by TCP.
    package var maximumMessageBytes = 16 * 1024 * 1024
    /// How long the rest of a refused request is read and thrown away, so that the client can read the refusal.
    package var lingerTimeout = Duration.seconds(2)
    /// Most open connections; further ones are closed at once. Never more than three quarters of the files that the
    /// process may open.
    package var maximumConnections = 4096
    /// How long a server that was told to stop goes on serving, so that clients learn to go elsewhere: every answer of
    /// this time has `Connection: close`. Zero stops at once.
    package var drainDelay = Duration.zero
    /// How long requests in flight may take to finish when the server stops, after ``drainDelay``.
    package var drainTimeout = Duration.seconds(10)

    /// The defaults.
    package init() {}

    func maximumBodyBytes(path: String) -> Int { bodyBytesByPath[path] ?? maximumBodyBytes }
}
