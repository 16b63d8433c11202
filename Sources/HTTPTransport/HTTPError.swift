/// Why a request has no (whole) response.
package struct HTTPError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, for deciding what to do next.
    package enum Code: Sendable, Hashable {
        /// The request itself is wrong; nothing was sent.
        case invalidRequest
        /// The host name has no address, or the name server does not answer.
        case cannotResolve
        /// Nobody accepts the connection; the request was not sent.
        case cannotConnect
        /// The TLS handshake failed: certificate, key, name or protocol version. The request was not sent.
        case tls
        /// The server has no such file, or does not give it to this user.
        case refused
        /// The total deadline passed.
        case deadlineExceeded
        /// No byte moved for the idle timeout.
        case idleTimeout
        /// The response is larger than the request allows.
        case tooLarge
        /// The peer's answer is not HTTP.
        case malformedResponse
        /// The connection ended before the response did.
        case connectionLost
        /// More redirects than the request allows.
        case tooManyRedirects
        /// The URL, or a redirect, wants a protocol that the request does not allow.
        case protocolNotAllowed
        /// The calling task was cancelled, or the stream was dropped.
        case cancelled
        /// The client was closed.
        case clientClosed
        /// Anything else that libcurl reports; see the message.
        case other
    }

    /// What went wrong.
    package var code: Code
    /// What went wrong in words: method, address without credentials and query, and the reason.
    package var message: String

    /// The message.
    package var description: String { message }

    /// Whether the server certainly has not seen the request, so that sending it again is harmless.
    package var wasNotSent: Bool {
        switch code {
        case .invalidRequest, .cannotResolve, .cannotConnect, .tls, .protocolNotAllowed, .clientClosed: true
        default: false
        }
    }

    /// An error from its parts.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
