/// The six kinds of JSON values (RFC 8259, section 3).
package enum JSONKind: String, Sendable, Hashable, CustomStringConvertible {
    case null, bool, number, string, array, object

    /// The kind with its article, as messages use it: "an object".
    package var description: String {
        switch self {
        case .null: "null"
        case .array, .object: "an \(rawValue)"
        case .bool, .number, .string: "a \(rawValue)"
        }
    }
}
