import FoundationEssentials
import JSON
import KubernetesModel
import SQLite
import Synchronization

/// The file in which a cluster outlives its process: its objects, its newest revision, and facts such as keys.
package final class ClusterFile: Sendable {
    /// Why a file cannot be used, and what to do.
    package struct Problem: Error, CustomStringConvertible {
        package var description: String

        init(_ error: SQLiteError) {
            let advice =
                switch error.kind {
                case .corrupt: "put back a copy of the file, or move it away to begin with an empty cluster"
                case .foreign: "choose another folder"
                case .newerSchema: "choose another folder, or the program that wrote it"
                case .locked: "end the cluster that uses it"
                case .full: "make room on the disk and start again"
                case .unwritable: "check that the folder is yours"
                case .constraint, .other: "move the file away to begin with an empty cluster"
                }
            description = "the cluster's state cannot be kept in \(error): \(advice)"
        }
    }

    /// "kbdl" as a number; see sqlite.org/pragma.html#pragma_application_id.
    private static let applicationID: Int32 = 0x6B62_646C
    private static let migrations = [
        """
        CREATE TABLE objects (
            api_group TEXT NOT NULL, resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
            revision INTEGER NOT NULL, json BLOB NOT NULL, PRIMARY KEY (api_group, resource, namespace, name));
        CREATE TABLE revision (newest INTEGER NOT NULL);
        INSERT INTO revision VALUES (1);
        CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL);
        """
    ]

    private let database: SQLiteDatabase
    private let saved = Atomic<UInt64>(0)
    private let failure = Mutex<Problem?>(nil)

    /// Opens `cluster.db` in a folder; makes both if they are not there. Throws ``Problem``.
    package init(folder: String) async throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        var configuration = SQLiteConnection.Configuration(
            path: folder + "/cluster.db", applicationID: Self.applicationID, migrations: Self.migrations)
        configuration.isExclusive = true
        configuration.busyTimeout = .seconds(1)
        // Keys are in it; SQLite gives the files beside it the same permissions.
        let files = FileManager.default
        if !files.fileExists(atPath: configuration.path) {
            _ = files.createFile(atPath: configuration.path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        do { database = try await SQLiteDatabase(configuration) } catch let error as SQLiteError {
            throw Problem(error)
        }
    }

    /// All facts; those of `defaults` are kept from now on unless they were known before. Throws ``Problem``.
    package func facts(_ defaults: [String: [UInt8]] = [:]) async throws -> [String: [UInt8]] {
        try await perform { connection in
            try connection.transaction {
                for (name, value) in defaults {
                    try connection.run("INSERT OR IGNORE INTO facts VALUES (?, ?)", .text(name), .blob(value))
                }
            }
            let all = try connection.rows("SELECT name, value FROM facts") { ($0.text(0), $0.blob(1)) }
            return Dictionary(all) { first, _ in first }
        }
    }

    /// Keeps a fact, whatever it was before. Throws ``Problem``.
    package func keep(_ name: String, _ value: [UInt8]) async throws {
        try await perform {
            try $0.run("INSERT OR REPLACE INTO facts VALUES (?, ?)", .text(name), .blob(value))
        }
    }

    /// Closes the file.
    package func close() async { await database.close() }

    /// The revision of the last commit and the objects of then. Throws ``Problem``, also for an object that is none.
    func load() async throws -> (revision: UInt64, objects: [StoreChange]) {
        try await perform { connection in
            let objects = try connection.rows(
                "SELECT api_group, resource, namespace, name, revision, json FROM objects"
            ) { row in
                let resource = GroupResource(group: row.text(0), plural: row.text(1))
                let key = ObjectKey(namespace: row.text(2), name: row.text(3))
                let document = try JSONDocument(parsing: row.blob(5))
                return StoreChange(
                    resource: resource, key: key,
                    object: StoredObject(key: key, document: document, revision: UInt64(row.integer(4))))
            }
            let revision = UInt64(try connection.rows("SELECT newest FROM revision") { $0.integer(0) }.first ?? 1)
            self.saved.store(revision, ordering: .releasing)
            return (revision, objects)
        }
    }

    /// Returns once all changes up to `revision` are committed. Who waits first commits what has come so far, for all.
    ///
    /// `take` answers the changes since the last call, and the revision they reach. After a failure nothing is written any
    /// more, because what was taken is lost. Throws ``Problem``.
    func save(
        upTo revision: UInt64, _ take: @Sendable () -> (changes: [StoreChange], revision: UInt64)
    ) async throws {
        if saved.load(ordering: .acquiring) >= revision { return }
        try await perform { connection in
            if self.saved.load(ordering: .acquiring) >= revision { return }
            if let problem = self.failure.withLock({ $0 }) { throw problem }
            let taken = take()
            do {
                try connection.transaction {
                    for change in taken.changes { try connection.write(change) }
                    try connection.run("UPDATE revision SET newest = ?", .integer(Int64(taken.revision)))
                }
            } catch let error as SQLiteError {
                self.failure.withLock { $0 = Problem(error) }
                throw error
            }
            self.saved.store(taken.revision, ordering: .releasing)
        }
    }

    private func perform<Value: Sendable>(
        _ body: @Sendable (SQLiteConnection) throws -> Value
    ) async throws -> Value {
        do { return try await database.perform(body) } catch let error as SQLiteError { throw Problem(error) }
    }
}

/// What became of one object.
struct StoreChange: Sendable {
    var resource: GroupResource
    var key: ObjectKey
    /// Nil if it is gone.
    var object: StoredObject?
}

extension SQLiteConnection {
    fileprivate func write(_ change: StoreChange) throws {
        let key: (SQLiteValue, SQLiteValue, SQLiteValue, SQLiteValue) = (
            .text(change.resource.group), .text(change.resource.plural), .text(change.key.namespace ?? ""),
            .text(change.key.name)
        )
        if let object = change.object {
            try run(
                "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?)", key.0, key.1, key.2, key.3,
                .integer(Int64(object.revision)), .blob(object.document.bytes))
        } else {
            try run(
                "DELETE FROM objects WHERE api_group = ? AND resource = ? AND namespace = ? AND name = ?", key.0, key.1,
                key.2, key.3)
        }
    }
}
