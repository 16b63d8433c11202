package import JSON

/// A value of the Common Expression Language.
package enum CELValue: Sendable {
    /// No value.
    case null
    /// A boolean.
    case bool(Bool)
    /// A signed integer of 64 bits.
    case int(Int64)
    /// An unsigned integer of 64 bits.
    case uint(UInt64)
    /// A floating-point number of 64 bits.
    case double(Double)
    /// Unicode text.
    case string(String)
    /// Bytes.
    case bytes([UInt8])
    /// A list.
    case list([CELValue])
    /// A map in the order of its making.
    case map([Entry])
    /// The name of a type.
    case type(String)
    /// An array or object of a document, read where it is used.
    case view(JSONView)

    /// A key of a map with its value. Keys are booleans, integers and strings.
    package struct Entry: Sendable {
        /// The key.
        package var key: CELValue
        /// The value.
        package var value: CELValue

        /// An entry.
        package init(key: CELValue, value: CELValue) {
            self.key = key
            self.value = value
        }
    }

    /// The value of a part of a document: whole numbers without point or exponent are integers, other numbers doubles.
    package init(_ json: JSONView) {
        switch json.kind {
        case .null: self = .null
        case .bool: self = .bool(json.bool ?? false)
        case .string: self = .string(json.string ?? "")
        case .number:
            if let int = json.int {
                self = .int(Int64(int))
            } else {
                self = .double(json.double ?? .nan)
            }
        case .array, .object: self = .view(json)
        }
    }

    /// The boolean; nil if it is none.
    package var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    /// The text; nil if it is none.
    package var string: String? { if case .string(let string) = self { string } else { nil } }
    /// The signed integer; nil if it is none.
    package var int: Int64? { if case .int(let int) = self { int } else { nil } }

    /// The elements; nil if it is no list.
    package var elements: [CELValue]? {
        switch self {
        case .list(let elements): elements
        case .view(let json) where json.kind == .array: json.elements.map { CELValue($0) }
        default: nil
        }
    }

    /// The entries; nil if it is no map.
    package var entries: [Entry]? {
        switch self {
        case .map(let entries): entries
        case .view(let json) where json.kind == .object:
            json.members.map { Entry(key: .string($0.key), value: CELValue($0.value)) }
        default: nil
        }
    }

    /// The number of elements, entries, characters or bytes; nil for other values.
    var size: Int? {
        switch self {
        case .string(let string): string.unicodeScalars.count
        case .bytes(let bytes): bytes.count
        case .list(let elements): elements.count
        case .map(let entries): entries.count
        case .view(let json): json.count
        default: nil
        }
    }

    /// The name of the type, as `type()` answers and messages write it.
    package var typeName: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .list: "list"
        case .map: "map"
        case .type: "type"
        case .view(let json): json.kind == .array ? "list" : "map"
        }
    }

    /// The value as JSON; bytes and types as text, numbers that are not finite as null.
    package var json: JSONValue {
        switch self {
        case .null: .null
        case .bool(let bool): JSONValue(bool)
        case .int(let int): JSONValue(Int(int))
        case .uint(let uint): (try? JSONValue(numberText: String(uint))) ?? .null
        case .double(let double): JSONValue(double)
        case .string(let string), .type(let string): JSONValue(string)
        case .bytes(let bytes): JSONValue(String(decoding: bytes, as: UTF8.self))
        case .list(let elements): JSONValue(elements.map(\.json))
        case .map(let entries): .object(entries.map { (Conversion.text($0.key) ?? "", $0.value.json) })
        case .view(let view): JSONValue(view)
        }
    }
}
