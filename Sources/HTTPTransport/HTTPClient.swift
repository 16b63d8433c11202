/// Sends requests over libcurl: HTTP/1.1, connections kept and reused, one own thread for all transfers.
///
/// Calls never block a thread of the cooperative pool. Each client has its own thread, connections and TLS options;
/// make one for each set of credentials and keep it. The environment's `https_proxy`, `http_proxy` and `no_proxy` are
/// followed, except for loopback addresses; an explicit proxy is used for all.
package final class HTTPClient: Sendable {
    private let loop: TransferLoop

    /// Makes a client; its thread starts with the first request.
    ///
    /// `proxy` is the URL of a proxy for all requests, in place of the environment's.
    package init(tls: TLSOptions = TLSOptions(), proxy: String? = nil) {
        loop = TransferLoop(settings: TransferSettings(tls: tls, proxy: proxy))
    }

    deinit { loop.stop() }

    /// Sends a request and reads the whole response. Any status is a response, not an error.
    ///
    /// Throws ``HTTPError``: the deadline, a lost connection, a response over the limit, cancellation of the task.
    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        // The client must outlive its requests: its end stops the loop.
        defer { withExtendedLifetime(self) {} }
        return try await loop.start(request, isStream: false).whole()
    }

    /// Sends a request and returns as soon as the status and header fields are there.
    ///
    /// Throws ``HTTPError`` like ``send(_:)``; later failures come out of ``HTTPStream/chunks``.
    package func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPStream {
        defer { withExtendedLifetime(self) {} }
        let channel = try loop.start(request, isStream: true)
        let head = try await channel.head()
        return HTTPStream(status: head.status, headers: head.headers, chunks: HTTPBody(channel, of: self))
    }

    /// Ends all transfers with `clientClosed` and closes all connections. Later requests fail the same way.
    package func close() { loop.stop() }
}
