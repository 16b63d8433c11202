import Logging
import Synchronization

/// Keeps the messages that a server logs.
final class RecordedLog: Sendable {
    private let messages = Mutex<[String]>([])

    var logger: Logger { Logger(label: "test", factory: { _ in Handler(log: self) }) }

    func contains(_ text: String) -> Bool { messages.withLock { $0.contains { $0.contains(text) } } }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let details = event.metadata.map { " \($0)" } ?? ""
            log.messages.withLock { $0.append("\(event.message)\(details)") }
        }
    }
}
