internal import CSQLite

/// What SQLite refused, in its own words.
package struct SQLiteError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of problem it is.
    package enum Kind: Sendable, Hashable {
        /// Another connection holds a lock, and the busy timeout is over.
        case locked
        /// No room is left: on the disk, or up to the largest size of the file.
        case full
        /// The file is no database, or is damaged.
        case corrupt
        /// The file cannot be opened, or not be written.
        case unwritable
        /// The file belongs to another program.
        case foreign
        /// A newer version of the program has written the file.
        case newerSchema
        /// A constraint of the schema was violated.
        case constraint
        /// Anything else, such as a mistake in a statement.
        case other
    }

    /// What kind of problem it is.
    package let kind: Kind
    /// SQLite's words, or ours for ``Kind/foreign`` and ``Kind/newerSchema``.
    package let message: String
    /// The statement; empty if it was none.
    package let statement: String
    /// The path of the file.
    package let path: String

    /// The path, the words and the beginning of the statement.
    package var description: String {
        let text = statement.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "\(path): \(message)" + (text.isEmpty ? "" : " (in: \(text.prefix(200)))")
    }

    init(_ kind: Kind, _ message: String, statement: String = "", path: String) {
        self.kind = kind
        self.message = message
        self.statement = statement
        self.path = path
    }

    /// Source: sqlite.org/rescode.html; the low byte of an extended code is its primary one.
    init(code: Int32, message: String, statement: String, path: String) {
        let kind: Kind =
            switch code & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED: .locked
            case SQLITE_FULL: .full
            case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
            case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM: .unwritable
            case SQLITE_CONSTRAINT: .constraint
            default: .other
            }
        self.init(kind, message, statement: statement, path: path)
    }
}
