internal import JSON

/// What scalars mean. Source: goyaml.v2 `resolve.go`, which sigs.k8s.io/yaml uses.
enum ScalarResolver {
    private static let tagPrefix = "tag:yaml.org,2002:"

    static func resolve(_ scalar: Event.Scalar, at mark: Mark) throws(YAMLError) -> JSONValue {
        guard let tag = scalar.tag else {
            return scalar.isPlain ? try plain(scalar.text, at: mark) : JSONValue(scalar.text)
        }
        guard tag.hasPrefix(tagPrefix) else { return JSONValue(scalar.text) }
        let name = tag.dropFirst(tagPrefix.count)
        switch name {
        case "bool", "int", "float", "null": break
        case "binary":
            throw mark.error("!!binary has no place in JSON; write the base64 text without the tag")
        default: return JSONValue(scalar.text)
        }
        let value = try plain(scalar.text, at: mark)
        let fits =
            switch value.kind {
            case .bool: name == "bool"
            case .null: name == "null"
            case .number: name == "float" || (name == "int" && value.numberText?.contains(".") == false)
            default: false
            }
        guard fits else { throw mark.error("cannot decode `\(scalar.text)` as a !!\(name)") }
        return value
    }

    /// The meaning of a plain scalar.
    static func plain(_ text: String, at mark: Mark) throws(YAMLError) -> JSONValue {
        switch word(text) {
        case .bool(let bool): return JSONValue(bool)
        case .null: return .null
        case .notFinite:
            throw mark.error("`\(text)` is a number that JSON cannot hold; quote it if it is meant as text")
        case nil: break
        }
        guard let number = numberText(text), let value = try? JSONValue(numberText: number) else {
            return JSONValue(text)
        }
        return value
    }

    /// Whether a plain scalar of this text would be read as this text.
    static func isPlainString(_ text: String) -> Bool {
        word(text) == nil && numberText(text) == nil && text != "<<" && !looksSexagesimal(text)
    }

    private enum Word: Equatable {
        case bool(Bool)
        case null
        case notFinite
    }

    private static func word(_ text: String) -> Word? {
        guard text.utf8.count <= 6 else { return nil }
        switch text {
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": return .bool(true)
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": return .bool(false)
        case "", "~", "null", "Null", "NULL": return .null
        case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF":
            return .notFinite
        default: return nil
        }
    }

    /// Base 60 is not read, but other readers do: such text is quoted on output.
    private static func looksSexagesimal(_ text: String) -> Bool {
        guard let first = text.utf8.first, first == 0x2B || first == 0x2D || (first >= 0x30 && first <= 0x39) else {
            return false
        }
        return text.contains(":") && text.utf8.allSatisfy { "+-0123456789_:.".utf8.contains($0) }
    }

    /// The number that a plain scalar is, as JSON writes it; nil if it is none.
    static func numberText(_ text: String) -> String? {
        guard let first = text.utf8.first, "+-.0123456789".utf8.contains(first) else { return nil }
        // Underscores may part digits, but not in fractions that begin with their point.
        let digits = first == UInt8(ascii: ".") ? text : text.filter { $0 != "_" }
        return integerText(digits) ?? floatText(digits)
    }

    /// Decimal, 0x, 0o, 0b, and octal with a leading zero, within 64 bits.
    private static func integerText(_ text: String) -> String? {
        var rest = text[...]
        var sign = ""
        if rest.first == "-" || rest.first == "+" {
            if rest.first == "-" { sign = "-" }
            rest.removeFirst()
        }
        var radix = 10
        let lower = rest.prefix(2).lowercased()
        switch lower {
        case "0x": radix = 16
        case "0o": radix = 8
        case "0b": radix = 2
        default:
            if rest.count > 1, rest.first == "0" {
                guard let value = UInt64(rest, radix: 8) else { return nil }
                return signed(sign, String(value))
            }
            guard !rest.isEmpty, rest.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
            return signed(sign, String(rest))
        }
        rest.removeFirst(2)
        guard let first = rest.first, first != "+", first != "-", let value = UInt64(rest, radix: radix) else {
            return nil
        }
        return signed(sign, String(value))
    }

    private static func signed(_ sign: String, _ digits: String) -> String {
        digits == "0" ? "0" : sign + digits
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`; whole numbers lose their point and exponent, as in Go.
    private static func floatText(_ text: String) -> String? {
        var scanner = DigitScanner(bytes: Array(text.utf8))
        let isNegative = scanner.sign()
        var whole = scanner.digits()
        var fraction = ""
        if scanner.take(".") { fraction = scanner.digits() }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var exponent = 0
        if scanner.take("e") || scanner.take("E") {
            let isSmall = scanner.sign()
            let power = scanner.digits()
            guard !power.isEmpty else { return nil }
            exponent = (Int(power) ?? 1_000_000) * (isSmall ? -1 : 1)
        }
        guard scanner.isAtEnd else { return nil }
        while fraction.last == "0" { fraction.removeLast() }
        whole = String(whole.drop { $0 == "0" })
        let sign = isNegative ? "-" : ""
        if whole.isEmpty, fraction.isEmpty { return sign + "0" }
        if exponent >= fraction.count, whole.count + exponent <= 21 {
            let digits = (whole + fraction).drop { $0 == "0" }
            return sign + digits + String(repeating: "0", count: exponent - fraction.count)
        }
        let point = fraction.isEmpty ? "" : "." + fraction
        return sign + (whole.isEmpty ? "0" : whole) + point + (exponent == 0 ? "" : "e\(exponent)")
    }

    private struct DigitScanner {
        var bytes: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == bytes.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        /// Whether a minus sign stands here; a plus sign is skipped as well.
        mutating func sign() -> Bool {
            if take("-") { return true }
            _ = take("+")
            return false
        }

        mutating func digits() -> String {
            let start = position
            while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
    }
}
