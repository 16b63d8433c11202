/// How long and how much a run may take.
package struct SyncLimits: Sendable {
    /// The longest that one git command may run.
    package var gitDeadline = Duration.seconds(3600)
    /// The longest that one file may take.
    package var fileDeadline = Duration.seconds(6 * 3600)
    /// The longest time without a byte of a file.
    package var idleTimeout = Duration.seconds(60)
    /// The most bytes that one file may have.
    package var maximumFileBytes = 1 << 40
    /// The time after which nothing is tried again.
    package var totalDeadline = Duration.seconds(6 * 3600)
    /// How much may come out of an archive.
    package var archive = ArchiveLimits()
    /// The wait before the first new attempt; it doubles up to half a minute.
    package var firstPause = Duration.seconds(1)

    /// What is added to a wait, as a part of it: 0 to 0.5.
    package var jitter: @Sendable () -> Double = { Double.random(in: 0...0.5) }

    /// The usual limits.
    package init() {}

    /// The usual limits with `KUBEDL_SYNC_MAX_FILE_BYTES` and `KUBEDL_SYNC_DEADLINE_SECONDS` from the environment.
    /// Throws ``SyncError`` with `configuration` if one is no positive whole number.
    package init(environment: [String: String]) throws(SyncError) {
        if let bytes = try Self.number("KUBEDL_SYNC_MAX_FILE_BYTES", environment) {
            maximumFileBytes = bytes
            archive.bytes = bytes
        }
        if let seconds = try Self.number("KUBEDL_SYNC_DEADLINE_SECONDS", environment) {
            gitDeadline = .seconds(seconds)
            fileDeadline = .seconds(seconds)
            totalDeadline = .seconds(seconds)
        }
    }

    private static func number(_ name: String, _ environment: [String: String]) throws(SyncError) -> Int? {
        guard let text = environment[name], !text.isEmpty else { return nil }
        guard let number = Int(text), number > 0, number < 1 << 48 else {
            throw SyncError(.configuration, "\(name) is \"\(text)\"; it must be a positive whole number.")
        }
        return number
    }
}
