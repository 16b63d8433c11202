/// Conversions between types of values.
enum Conversion {
    /// The text of a scalar as `string()` answers it; nil for other values.
    static func text(_ value: CELValue) -> String? {
        switch value {
        case .bool(let bool): bool ? "true" : "false"
        case .int(let int): String(int)
        case .uint(let uint): String(uint)
        case .double(let double): text(double)
        case .string(let string): string
        case .bytes(let bytes): String(validating: bytes, as: UTF8.self)
        default: nil
        }
    }

    private static func text(_ double: Double) -> String {
        if double.isNaN { return "NaN" }
        if double.isInfinite { return double < 0 ? "-Inf" : "+Inf" }
        let text = String(double)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// The integer that a value is exactly, also a double without fraction; nil otherwise.
    static func exactInt(_ value: CELValue) -> Int64? {
        switch value {
        case .int(let int): int
        case .uint(let uint): Int64(exactly: uint)
        case .double(let double): Int64(exactly: double)
        default: nil
        }
    }

    /// `int()` and `uint()`: doubles lose their fraction.
    static func integer<Value: FixedWidthInteger>(
        _ value: CELValue, _ type: String, at offset: Int
    ) throws(CELError) -> Value {
        let found: Value? =
            switch value {
            case .int(let int): Value(exactly: int)
            case .uint(let uint): Value(exactly: uint)
            case .double(let double): Value(exactly: double.rounded(.towardZero))
            case .string(let string): Value(string)
            default: throw .noOverload(type, [value], at: offset)
            }
        guard let found else { throw failure(value, type, offset) }
        return found
    }

    /// `double()`.
    static func double(_ value: CELValue, at offset: Int) throws(CELError) -> CELValue {
        switch value {
        case .int(let int): return .double(Double(int))
        case .uint(let uint): return .double(Double(uint))
        case .double: return value
        case .string(let string):
            guard let found = Double(string) else { throw failure(value, "double", offset) }
            return .double(found)
        default: throw .noOverload("double", [value], at: offset)
        }
    }

    /// `bool()`: of the texts that Go's ParseBool reads.
    static func bool(_ value: CELValue, at offset: Int) throws(CELError) -> CELValue {
        switch value {
        case .bool: return value
        case .string(let string):
            switch string {
            case "1", "t", "T", "true", "TRUE", "True": return .bool(true)
            case "0", "f", "F", "false", "FALSE", "False": return .bool(false)
            default: throw failure(value, "bool", offset)
            }
        default: throw .noOverload("bool", [value], at: offset)
        }
    }

    /// `string()`.
    static func string(_ value: CELValue, at offset: Int) throws(CELError) -> CELValue {
        if case .bytes(let bytes) = value, String(validating: bytes, as: UTF8.self) == nil {
            throw CELError("invalid UTF-8 in bytes, cannot convert to string", offset: offset)
        }
        guard let found = text(value) else { throw .noOverload("string", [value], at: offset) }
        return .string(found)
    }

    /// `bytes()`.
    static func bytes(_ value: CELValue, at offset: Int) throws(CELError) -> CELValue {
        switch value {
        case .bytes: return value
        case .string(let string): return .bytes(Array(string.utf8))
        default: throw .noOverload("bytes", [value], at: offset)
        }
    }

    private static func failure(_ value: CELValue, _ type: String, _ offset: Int) -> CELError {
        CELError("type conversion error from '\(text(value) ?? value.typeName)' to '\(type)'", offset: offset)
    }
}
