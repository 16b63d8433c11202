import Foundation
import TestSupport
import Testing

@testable import SQLite

@Suite("SQLite connections")
struct SQLiteConnectionTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/test.db"
    }

    private func configuration(_ migrations: String...) -> SQLiteConnection.Configuration {
        var configuration = SQLiteConnection.Configuration(path: path, applicationID: 7, migrations: migrations)
        configuration.busyTimeout = .zero
        return configuration
    }

    private func open(_ migrations: String...) throws -> SQLiteConnection {
        var configuration = configuration()
        configuration.migrations = migrations
        return try SQLiteConnection(configuration)
    }

    private func kind(_ body: () throws -> Void) -> SQLiteError.Kind? {
        do { try body() } catch let error as SQLiteError { return error.kind } catch {}
        return nil
    }

    @Test(
        "every value comes back as it was bound",
        arguments: [
            .null, .integer(.min), .integer(.max), .real(0.1), .text(""), .text("a\0b 'é' 🦊"), .blob([]),
            .blob([0, 255]),
        ] as [SQLiteValue])
    func values(_ value: SQLiteValue) throws {
        let connection = try open("CREATE TABLE kept (value)")
        try connection.run("INSERT INTO kept VALUES (?)", value)
        let found = try connection.rows("SELECT value, typeof(value) FROM kept") { row -> SQLiteValue in
            switch row.text(1) {
            case "null": .null
            case "integer": .integer(row.integer(0))
            case "real": .real(row.real(0))
            case "text": .text(row.text(0))
            default: .blob(row.blob(0))
            }
        }
        #expect(found == [value])
    }

    @Test("a transaction that throws leaves nothing behind, and the next one works")
    func rollback() throws {
        struct Stop: Error {}
        let connection = try open("CREATE TABLE kept (value)")
        #expect(throws: Stop.self) {
            try connection.transaction {
                try connection.run("INSERT INTO kept VALUES (1)")
                throw Stop()
            }
        }
        try connection.transaction { try connection.run("INSERT INTO kept VALUES (2)") }
        #expect(try connection.rows("SELECT value FROM kept") { $0.integer(0) } == [2])
    }

    @Test("each migration runs once, in order, and a failed one changes nothing")
    func migrations() throws {
        _ = try open("CREATE TABLE a (x)")
        #expect(kind { _ = try open("CREATE TABLE a (x)", "CREATE TABLE b (x); nonsense") } == .other)
        let connection = try open("CREATE TABLE a (x)", "CREATE TABLE b (x)")
        #expect(try connection.rows("SELECT name FROM sqlite_schema ORDER BY name") { $0.text(0) } == ["a", "b"])
    }

    @Test("a mistake names the statement, the file and SQLite's words")
    func mistakes() throws {
        let connection = try open()
        let error = try #require(throws: SQLiteError.self) { try connection.run("SELECT * FROM nowhere") }
        #expect(error.description == "\(path): no such table: nowhere (in: SELECT * FROM nowhere)")
        #expect(kind { try connection.run("SELECT ?") } == .other)
        #expect(kind { try connection.run("SELECT 1; SELECT 2") } == .other)
    }

    @Test("a violated constraint is one")
    func constraints() throws {
        let connection = try open("CREATE TABLE kept (value UNIQUE)")
        try connection.run("INSERT INTO kept VALUES (1)")
        #expect(kind { try connection.run("INSERT INTO kept VALUES (1)") } == .constraint)
    }

    @Test("a full file refuses the transaction whole and takes smaller ones")
    func fullDisk() throws {
        let connection = try open("CREATE TABLE kept (value)")
        try connection.execute("PRAGMA max_page_count = 8")
        let large = SQLiteValue.blob([UInt8](repeating: 1, count: 1 << 20))
        let refused = kind {
            try connection.transaction {
                try connection.run("INSERT INTO kept VALUES (1)")
                try connection.run("INSERT INTO kept VALUES (?)", large)
            }
        }
        #expect(refused == .full)
        try connection.transaction { try connection.run("INSERT INTO kept VALUES (2)") }
        #expect(try connection.rows("SELECT value FROM kept") { $0.integer(0) } == [2])
    }

    @Test("a file that another connection holds is locked")
    func locked() throws {
        var exclusive = configuration("CREATE TABLE kept (value)")
        exclusive.isExclusive = true
        let first = try SQLiteConnection(exclusive)
        #expect(kind { _ = try SQLiteConnection(exclusive) } == .locked)
        try first.run("INSERT INTO kept VALUES (1)")
    }

    @Test("a file of no database, or with a page destroyed, is corrupt")
    func corrupt() throws {
        do {
            let connection = try open("CREATE TABLE kept (value)")
            for number in 0..<100 { try connection.run("INSERT INTO kept VALUES (?)", .text("row \(number) of many")) }
        }
        var bytes = try folder.read("test.db")
        for index in 4096..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
        try folder.write("test.db", bytes)
        #expect(kind { _ = try open("CREATE TABLE kept (value)") } == .corrupt)
        try folder.write("test.db", "this is a text, and a long one at that\n")
        #expect(kind { _ = try open("CREATE TABLE kept (value)") } == .corrupt)
    }

    @Test("a file of another program, or of a later version, is refused and stays as it is")
    func foreign() throws {
        _ = try open("CREATE TABLE a (x)", "CREATE TABLE b (x)")
        #expect(kind { _ = try open("CREATE TABLE a (x)") } == .newerSchema)
        var other = configuration("CREATE TABLE c (x)")
        other.applicationID = 8
        #expect(kind { _ = try SQLiteConnection(other) } == .foreign)
        let connection = try open("CREATE TABLE a (x)", "CREATE TABLE b (x)")
        #expect(try connection.rows("SELECT count(*) FROM sqlite_schema") { $0.integer(0) } == [2])
    }

    @Test("a folder that is not there makes the file unwritable")
    func unwritable() {
        let missing = SQLiteConnection.Configuration(path: path + "/none/x.db", applicationID: 7, migrations: [])
        #expect(kind { _ = try SQLiteConnection(missing) } == .unwritable)
    }

    @Test("what is asked of a database at once happens one after the other")
    func database() async throws {
        let database = try await SQLiteDatabase(configuration("CREATE TABLE kept (value)"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    try await database.perform { connection in
                        try connection.transaction {
                            try connection.run("INSERT INTO kept VALUES (?)", .integer(Int64(number)))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let count = try await database.perform { try $0.rows("SELECT count(*) FROM kept") { $0.integer(0) } }
        #expect(count == [100])
        await database.close()
        await #expect(throws: CancellationError.self) { try await database.perform { _ in } }
    }
}
