/// Rows of comma-separated text with a header, without quoting: what cluster traces use.
package struct CSVTable: Sendable {
    /// Something in the text that cannot be used.
    package struct Failure: Error, Hashable, CustomStringConvertible {
        /// The line, from 1.
        package var line: Int
        /// What is wrong with it.
        package var problem: String
        package var description: String { "line \(line): \(problem)" }
    }

    private let columns: [String: Int]
    private let rows: [[Substring]]
    /// Rows after which reading stops with an error.
    package static let largestRowCount = 1_000_000

    /// Reads a text. Throws where there is no header, a row is longer or shorter than it, or there are too many.
    package init(_ text: String) throws(Failure) {
        var columns: [String: Int]?
        var rows: [[Substring]] = []
        for (offset, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
        where !line.isEmpty {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard let known = columns else {
                columns = Dictionary(
                    fields.enumerated().map { (String($0.element), $0.offset) }, uniquingKeysWith: { first, _ in first }
                )
                continue
            }
            guard fields.count == known.count else {
                throw Failure(line: offset + 1, problem: "has \(fields.count) fields, the header has \(known.count)")
            }
            guard rows.count < Self.largestRowCount else {
                throw Failure(line: offset + 1, problem: "more than \(Self.largestRowCount) rows")
            }
            rows.append(fields)
        }
        guard let columns else { throw Failure(line: 1, problem: "there is no header") }
        self.columns = columns
        self.rows = rows
    }

    /// How many rows there are.
    package var count: Int { rows.count }

    /// A field; `nil` if there is no such column.
    package func text(_ column: String, _ row: Int) -> Substring? {
        columns[column].map { rows[row][$0] }
    }

    /// A whole number of at most 32 bits, ≥ 0. Throws if it is none or if there is no such column.
    package func number(_ column: String, _ row: Int) throws(Failure) -> Int32 {
        guard let text = text(column, row), let number = Int32(text), number >= 0 else {
            throw Failure(line: row + 2, problem: "\(column) is not a whole number from 0 up")
        }
        return number
    }
}
