package import JSON

/// A problem with one field of an object. Source: apimachinery pkg/util/validation/field.
package struct FieldError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What sort of problem it is.
    package enum Kind: String, Sendable {
        /// A value must be given.
        case required = "FieldValueRequired"
        /// The value is wrong.
        case invalid = "FieldValueInvalid"
        /// The value is of the wrong type.
        case typeInvalid = "FieldValueTypeInvalid"
        /// The value is not one of those allowed.
        case notSupported = "FieldValueNotSupported"
        /// The value must occur only once.
        case duplicate = "FieldValueDuplicate"
        /// The field must not be set here.
        case forbidden = "FieldValueForbidden"
        /// The value must not change; written as an invalid value.
        case immutable = "FieldValueImmutable"
        /// The value is too long.
        case tooLong = "FieldValueTooLong"
        /// There are too many values.
        case tooMany = "FieldValueTooMany"
        /// What the value refers to is not there.
        case notFound = "FieldValueNotFound"
        /// The check itself failed.
        case internalError = "InternalError"

        /// The words that messages begin with.
        package var words: String {
            switch self {
            case .required: "Required value"
            case .invalid, .typeInvalid, .immutable: "Invalid value"
            case .notSupported: "Unsupported value"
            case .duplicate: "Duplicate value"
            case .forbidden: "Forbidden"
            case .tooLong: "Too long"
            case .tooMany: "Too many"
            case .notFound: "Not found"
            case .internalError: "Internal error"
            }
        }

        /// The reason as a cause of a Status carries it.
        package var reason: String { self == .immutable ? "FieldValueInvalid" : rawValue }
    }

    /// Where the problem is.
    package var path: FieldPath
    /// What sort it is.
    package var kind: Kind
    /// The value as messages write it (strings in quotes); nil to leave it out.
    package var badValue: String?
    /// What is wrong and what to do; may be empty.
    package var detail: String

    /// A problem with a text; `badValue` is written in quotes.
    package init(path: FieldPath, kind: Kind, badValue: String? = nil, detail: String = "") {
        self.path = path
        self.kind = kind
        self.badValue = badValue.map { JSONValue($0).text }
        self.detail = detail
    }

    /// A problem with any value; it is written as JSON.
    package init(path: FieldPath, kind: Kind, badJSON: JSONValue, detail: String = "") {
        self.path = path
        self.kind = kind
        self.badValue = badJSON.text
        self.detail = detail
    }

    /// The value must be given.
    package static func required(_ path: FieldPath, _ detail: String = "") -> FieldError {
        FieldError(path: path, kind: .required, detail: detail)
    }

    /// The text is wrong.
    package static func invalid(_ path: FieldPath, _ value: String, _ detail: String) -> FieldError {
        FieldError(path: path, kind: .invalid, badValue: value, detail: detail)
    }

    /// The number is wrong.
    package static func invalid(_ path: FieldPath, _ value: Int, _ detail: String) -> FieldError {
        FieldError(path: path, kind: .invalid, badJSON: JSONValue(value), detail: detail)
    }

    /// The value is wrong.
    package static func invalid(_ path: FieldPath, json value: JSONValue, _ detail: String) -> FieldError {
        FieldError(path: path, kind: .invalid, badJSON: value, detail: detail)
    }

    /// The text is not one of `supported`.
    package static func notSupported(_ path: FieldPath, _ value: String, supported: [String]) -> FieldError {
        let list = supported.map { JSONValue($0).text }.joined(separator: ", ")
        return FieldError(
            path: path, kind: .notSupported, badValue: value, detail: list.isEmpty ? "" : "supported values: " + list)
    }

    /// The text occurs more than once.
    package static func duplicate(_ path: FieldPath, _ value: String) -> FieldError {
        FieldError(path: path, kind: .duplicate, badValue: value)
    }

    /// The field must not be set here.
    package static func forbidden(_ path: FieldPath, _ detail: String) -> FieldError {
        FieldError(path: path, kind: .forbidden, detail: detail)
    }

    /// The value must not change.
    package static func immutable(_ path: FieldPath, _ value: JSONValue) -> FieldError {
        FieldError(path: path, kind: .immutable, badJSON: value, detail: "field is immutable")
    }

    /// The text is longer than `limit` bytes.
    package static func tooLong(_ path: FieldPath, limit: Int) -> FieldError {
        FieldError(path: path, kind: .tooLong, detail: "may not be more than \(limit) bytes")
    }

    /// What is wrong, without the path: `Invalid value: "y": detail`.
    package var body: String {
        var text = kind.words
        if let badValue, kind != .required, kind != .forbidden, kind != .tooLong { text += ": " + badValue }
        if !detail.isEmpty { text += ": " + detail }
        return text
    }

    /// The whole message: `spec.x: Invalid value: "y": detail`.
    package var description: String { "\(path): \(body)" }
}
