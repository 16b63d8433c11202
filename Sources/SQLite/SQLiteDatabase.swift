internal import Dispatch

/// A ``SQLiteConnection`` with a queue of its own, so that the cooperative pool never waits for a disk.
package actor SQLiteDatabase {
    private nonisolated let executor = QueueExecutor()
    private var connection: SQLiteConnection?

    /// Where its work runs.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the file. Throws ``SQLiteError``, see ``SQLiteConnection/init(_:)``.
    package init(_ configuration: SQLiteConnection.Configuration) async throws {
        try open(configuration)
    }

    private func open(_ configuration: SQLiteConnection.Configuration) throws {
        connection = try SQLiteConnection(configuration)
    }

    /// Runs `body` with the connection, after what was asked for before. Throws what `body` throws, and
    /// `CancellationError` once it is closed.
    package func perform<Value: Sendable>(
        _ body: @Sendable (SQLiteConnection) throws -> Value
    ) throws -> Value {
        guard let connection else { throw CancellationError() }
        return try body(connection)
    }

    /// Closes the file; the write-ahead log is folded into it.
    package func close() { connection = nil }
}

/// Runs the jobs of one actor in order on a dispatch queue.
private final class QueueExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "SQLite")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
