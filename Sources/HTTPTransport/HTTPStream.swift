/// A response whose body is read while it arrives.
///
/// Dropping the stream and its body ends the transfer and closes its connection.
package struct HTTPStream: Sendable {
    /// The status code, 200…599.
    package let status: Int
    /// The header fields.
    package let headers: HTTPHeaders
    /// The body, piece by piece, to be read once and by one task.
    package let chunks: HTTPBody

    /// Reads what is left of the body. Throws ``HTTPError`` with `tooLarge` past `limit` bytes, and then stops the
    /// transfer.
    package func collect(upTo limit: Int) async throws(HTTPError) -> [UInt8] {
        var body: [UInt8] = []
        var iterator = chunks.makeAsyncIterator()
        while let chunk = try await iterator.next() {
            guard body.count + chunk.count <= limit else {
                throw HTTPError(.tooLarge, "the body is larger than \(limit) bytes")
            }
            body += chunk
        }
        return body
    }
}

/// The body of a response in flight: at most 256 KiB or so are held for a reader that is slower than the sender.
///
/// Cancelling the reading task ends the transfer; `next()` then throws ``HTTPError`` with `cancelled`.
package struct HTTPBody: AsyncSequence, Sendable {
    /// At least one byte.
    package typealias Element = [UInt8]
    /// Why the body ended early.
    package typealias Failure = HTTPError

    /// Reads the body; it ends the transfer when the last copy goes.
    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let lifetime: Lifetime

        /// The bytes that came since the last call, or `nil` at the end of the body.
        package mutating func next() async throws(HTTPError) -> [UInt8]? {
            try await lifetime.channel.next()
        }

        /// The same, for any caller's isolation.
        package mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPError) -> [UInt8]? {
            try await lifetime.channel.next()
        }
    }

    fileprivate final class Lifetime: Sendable {
        let channel: ResponseChannel
        /// Keeps the loop running that feeds the channel.
        let client: HTTPClient

        init(_ channel: ResponseChannel, _ client: HTTPClient) {
            self.channel = channel
            self.client = client
        }

        deinit { channel.cancel("the response was dropped before its end") }
    }

    private let lifetime: Lifetime

    init(_ channel: ResponseChannel, of client: HTTPClient) { lifetime = Lifetime(channel, client) }

    /// Starts, or goes on, reading.
    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(lifetime: lifetime) }
}
