/// A value that is bound to a parameter of a statement. Source: sqlite.org/datatype3.html.
package enum SQLiteValue: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    ExpressibleByFloatLiteral, ExpressibleByNilLiteral
{
    /// NULL.
    case null
    /// A whole number.
    case integer(Int64)
    /// A number in floating point.
    case real(Double)
    /// A text.
    case text(String)
    /// Bytes.
    case blob([UInt8])

    /// A whole number written as a literal.
    package init(integerLiteral value: Int64) { self = .integer(value) }
    /// A text written as a literal.
    package init(stringLiteral value: String) { self = .text(value) }
    /// A number with a point written as a literal.
    package init(floatLiteral value: Double) { self = .real(value) }
    /// NULL written as `nil`.
    package init(nilLiteral: ()) { self = .null }
}
