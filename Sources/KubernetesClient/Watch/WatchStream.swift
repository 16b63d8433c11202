internal import HTTPTransport
internal import JSON

/// The events of a watch, until the server ends it in good order.
///
/// Throws ``APIError`` when the connection breaks, also within an event, or when something comes that is no event. Read
/// by one task; cancelling it ends the watch.
package struct WatchStream: AsyncSequence, Sendable {
    /// An event.
    package typealias Element = WatchEvent
    /// Why the watch broke.
    package typealias Failure = APIError

    private let chunks: HTTPBody
    private let request: String
    private let maximumEventBytes: Int

    init(_ chunks: HTTPBody, request: String, maximumEventBytes: Int) {
        self.chunks = chunks
        self.request = request
        self.maximumEventBytes = maximumEventBytes
    }

    /// Starts reading; call it once.
    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(
            chunks: chunks.makeAsyncIterator(), lines: LineSplitter(maximumBytes: maximumEventBytes), request: request)
    }

    /// Reads the events.
    package struct AsyncIterator: AsyncIteratorProtocol {
        private var chunks: HTTPBody.AsyncIterator
        private var lines: LineSplitter
        private let request: String

        init(chunks: HTTPBody.AsyncIterator, lines: LineSplitter, request: String) {
            self.chunks = chunks
            self.lines = lines
            self.request = request
        }

        /// The next event; `nil` when the server has ended the watch.
        package mutating func next() async throws(APIError) -> WatchEvent? {
            try await next(isolation: nil)
        }

        /// The same, for any caller's isolation.
        package mutating func next(isolation actor: isolated (any Actor)?) async throws(APIError) -> WatchEvent? {
            while true {
                if let line = try nextLine() { return try event(line) }
                let chunk: [UInt8]?
                do { chunk = try await chunks.next() } catch { throw APIError(error) }
                guard let chunk else {
                    guard lines.partialBytes == 0 else { throw broken("the watch ended within an event") }
                    return nil
                }
                lines.append(chunk)
            }
        }

        private mutating func nextLine() throws(APIError) -> [UInt8]? {
            do { return try lines.next() } catch {
                throw broken("an event is larger than \(lines.maximumBytes) bytes")
            }
        }

        private func event(_ line: [UInt8]) throws(APIError) -> WatchEvent {
            let root: JSONView
            do { root = try JSONDocument(parsing: line).root } catch { throw broken("an event is not JSON: \(error)") }
            guard let type = root["type"]?.string.flatMap(WatchEvent.Kind.init), let object = root["object"],
                object.kind == .object
            else { throw broken("an event has no type or object that we know") }
            return WatchEvent(type: type, object: object.document)
        }

        private func broken(_ reason: String) -> APIError {
            APIError(message: "\(request): \(reason)", retry: .backoff)
        }
    }
}
