internal import CSQLite

/// A prepared statement of one connection. It is finalized with its last reference.
final class Statement {
    let text: String
    private let handle: OpaquePointer
    private let path: String

    /// Prepares the one statement of `text`. Throws ``SQLiteError`` for a mistake in it, and for more than one.
    init(_ text: String, _ database: OpaquePointer, path: String) throws(SQLiteError) {
        var prepared: OpaquePointer?
        var rest = ""
        var text = text
        let code = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters -> Int32 in
                var end: UnsafePointer<CChar>?
                let code = sqlite3_prepare_v3(
                    database, characters.baseAddress, Int32(characters.count), UInt32(SQLITE_PREPARE_PERSISTENT),
                    &prepared, &end)
                if let start = characters.baseAddress, let end {
                    rest = String(decoding: bytes[(end - start)...], as: UTF8.self)
                }
                return code
            }
        }
        guard code == SQLITE_OK, let prepared else {
            let message = code == SQLITE_OK ? "there is no statement" : String(cString: sqlite3_errmsg(database))
            throw SQLiteError(code: code, message: message, statement: text, path: path)
        }
        (self.text, self.path, handle) = (text, path, prepared)
        guard rest.allSatisfy({ $0.isWhitespace || $0 == ";" }) else {
            throw SQLiteError(.other, "there is more than one statement", statement: text, path: path)
        }
    }

    deinit { sqlite3_finalize(handle) }

    /// Runs it with `values` for its parameters, calling `row` for each row of the result.
    func run(_ values: [SQLiteValue], _ row: (borrowing SQLiteRow) throws -> Void) throws {
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        guard sqlite3_bind_parameter_count(handle) == values.count else {
            throw SQLiteError(
                .other, "\(sqlite3_bind_parameter_count(handle)) parameters got \(values.count) values",
                statement: text, path: path)
        }
        for (index, value) in values.enumerated() { try check(bind(value, Int32(index + 1))) }
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { return try check(code) }
            try row(SQLiteRow(handle))
        }
    }

    private func bind(_ value: SQLiteValue, _ index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let number): return sqlite3_bind_int64(handle, index, number)
        case .real(let number): return sqlite3_bind_double(handle, index, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    // An empty text has no address, and no address would be NULL.
                    $0.isEmpty
                        ? kubedl_bind_text(handle, index, "", 0)
                        : kubedl_bind_text(handle, index, $0.baseAddress, UInt64($0.count))
                }
            }
        case .blob(let bytes):
            return bytes.withUnsafeBytes { kubedl_bind_blob(handle, index, $0.baseAddress, UInt64($0.count)) }
        }
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code != SQLITE_OK else { return }
        throw SQLiteError(
            code: code, message: String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))), statement: text, path: path
        )
    }
}

/// One row of a result, for as long as the statement stands on it. Columns count from 0; a value of another type is
/// converted as SQLite does, and NULL reads as zero or empty.
package struct SQLiteRow: ~Copyable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    /// Whether a column is NULL.
    package func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL }
    /// A column as a whole number.
    package func integer(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }
    /// A column as a number in floating point.
    package func real(_ column: Int) -> Double { sqlite3_column_double(handle, Int32(column)) }
    /// A column as bytes.
    package func blob(_ column: Int) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, Int32(column)) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
    }
    /// A column as a text.
    package func text(_ column: Int) -> String {
        guard let start = sqlite3_column_text(handle, Int32(column)) else { return "" }
        let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(column))))
        return String(decoding: bytes, as: UTF8.self)
    }
}
