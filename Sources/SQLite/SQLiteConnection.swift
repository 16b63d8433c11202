internal import CSQLite

/// A connection to one file, used by one thread at a time; ``SQLiteDatabase`` gives it a thread of its own.
package final class SQLiteConnection {
    /// What a file is for, and how it is opened.
    package struct Configuration: Sendable {
        /// The file; it is made if it is not there.
        package var path: String
        /// Marks the files of one purpose: a file with another mark, or with tables and no mark, is refused.
        package var applicationID: Int32
        /// The schema, as steps from one version to the next; each is a script that runs once, in a transaction.
        package var migrations: [String]
        /// How long a statement waits for the lock of another connection.
        package var busyTimeout = Duration.seconds(5)
        /// Whether no other connection may use the file meanwhile.
        package var isExclusive = false

        /// A file with the given purpose and schema.
        package init(path: String, applicationID: Int32, migrations: [String]) {
            self.path = path
            self.applicationID = applicationID
            self.migrations = migrations
        }
    }

    private let handle: OpaquePointer
    private let path: String
    private var statements: [String: Statement] = [:]

    /// Opens the file with a write-ahead log, checks that it is whole and ours, and brings its schema up to date.
    ///
    /// What is committed survives the end of this process at any moment; of a power cut it survives all but the last
    /// moments, and the file is whole in any case. Throws ``SQLiteError``.
    package init(_ configuration: Configuration) throws {
        path = configuration.path
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(opened)
            throw SQLiteError(code: code, message: message, statement: "", path: path)
        }
        handle = opened
        let (seconds, attoseconds) = configuration.busyTimeout.components
        sqlite3_busy_timeout(handle, Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000))
        if configuration.isExclusive { try execute("PRAGMA locking_mode = EXCLUSIVE") }
        try check(configuration)
        try execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON")
        try migrate(configuration)
    }

    deinit {
        statements = [:]
        sqlite3_close_v2(handle)
    }

    /// Runs a script of statements without parameters. Throws ``SQLiteError``.
    package func execute(_ script: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, script, nil, nil, nil)
        guard code == SQLITE_OK else {
            throw SQLiteError(
                code: code, message: String(cString: sqlite3_errmsg(handle)), statement: script, path: path)
        }
    }

    /// Runs one statement with `values` for its `?`; it stays prepared. Throws ``SQLiteError``.
    package func run(_ statement: String, _ values: SQLiteValue...) throws {
        try prepared(statement).run(values) { _ in }
    }

    /// Runs one statement and answers what `read` makes of each row of the result. Throws ``SQLiteError``, and what
    /// `read` throws.
    package func rows<Value>(
        _ statement: String, _ values: SQLiteValue..., read: (borrowing SQLiteRow) throws -> Value
    ) throws -> [Value] {
        var found: [Value] = []
        try prepared(statement).run(values) { found.append(try read($0)) }
        return found
    }

    /// Runs `body` in a transaction that is written whole, or not at all if it throws. Throws what `body` throws and
    /// ``SQLiteError``.
    package func transaction<Value>(_ body: () throws -> Value) throws -> Value {
        try execute("BEGIN IMMEDIATE")
        do {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            // Some errors, such as a full disk, have ended the transaction already.
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    private func prepared(_ text: String) throws(SQLiteError) -> Statement {
        if let known = statements[text] { return known }
        let made = try Statement(text, handle, path: path)
        statements[text] = made
        return made
    }

    private func number(_ pragma: String) throws -> Int64 {
        try rows("PRAGMA \(pragma)") { $0.integer(0) }.first ?? 0
    }

    /// Refuses files that are damaged, of another program, or of a later version of this one.
    private func check(_ configuration: Configuration) throws {
        let problems = try rows("PRAGMA quick_check(3)") { $0.text(0) }
        guard problems == ["ok"] else {
            throw SQLiteError(.corrupt, "the file is damaged: \(problems.joined(separator: "; "))", path: path)
        }
        let mark = try number("application_id")
        let isEmpty = try number("schema_version") == 0
        guard isEmpty || mark == Int64(configuration.applicationID) else {
            throw SQLiteError(.foreign, "the file is a database of another program", path: path)
        }
        let (version, known) = (try number("user_version"), configuration.migrations.count)
        guard version <= known else {
            throw SQLiteError(
                .newerSchema,
                "the file has schema \(version), and this program knows none after \(known): use a newer one",
                path: path)
        }
    }

    private func migrate(_ configuration: Configuration) throws {
        let version = Int(try number("user_version"))
        guard version < configuration.migrations.count else { return }
        try transaction {
            try execute("PRAGMA application_id = \(configuration.applicationID)")
            for script in configuration.migrations[version...] { try execute(script) }
            try execute("PRAGMA user_version = \(configuration.migrations.count)")
        }
    }
}
