internal import FoundationEssentials
internal import JSON
package import Logging
internal import YAML

/// Reads the scheduler's configuration from a file again and again: it may appear, change and be replaced while the
/// scheduler runs.
package struct ConfigurationFile: Sendable {
    private let path: String
    private let logger: Logger
    private static let maximumBytes = 1 << 20

    /// The file at `path`, YAML or JSON of at most 1 MiB.
    package init(path: String, logger: Logger) {
        self.path = path
        self.logger = logger
    }

    /// Looks at the file once a second until its task is cancelled, and hands each new content to `scheduler`. A file that
    /// is not there means no extenders; one that is wrong is reported and leaves the configuration as it was.
    package func follow(_ scheduler: PodScheduler) async throws {
        var last: Data?
        while true {
            let now = contents()
            if now != last {
                last = now
                apply(now, to: scheduler)
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func contents() -> Data? {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
        if data.count <= Self.maximumBytes { return data }
        return Data("the file is larger than \(Self.maximumBytes) bytes".utf8)
    }

    private func apply(_ data: Data?, to scheduler: PodScheduler) {
        do {
            try scheduler.reconfigure(data.map { try Self.read(Array($0)) } ?? SchedulerConfiguration())
            if data != nil { logger.info("The scheduler's configuration was read", metadata: ["file": "\(path)"]) }
        } catch {
            logger.error(
                "The scheduler's configuration is not used; correct the file",
                metadata: ["file": "\(path)", "error": "\(error)"])
        }
    }

    /// Reads a configuration. Throws `YAMLError`, `JSONError` or ``SchedulerConfigurationError``.
    static func read(_ bytes: [UInt8]) throws -> SchedulerConfiguration {
        let documents = try YAML.parse(bytes).filter { !$0.isNull }
        guard let first = documents.first, documents.count == 1 else {
            throw SchedulerConfigurationError(problems: ["the file must hold one document"])
        }
        return try SchedulerConfiguration(json: try first.document().root)
    }
}
