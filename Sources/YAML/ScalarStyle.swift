internal import JSON

/// How scalars are written so that they are read back as what they are.
enum ScalarStyle {
    /// A scalar or empty collection on one line.
    static func inline(_ value: JSONValue) -> String {
        switch value.kind {
        case .null: return "null"
        case .bool: return value.bool == true ? "true" : "false"
        case .number: return value.numberText ?? "0"
        case .array: return "[]"
        case .object: return "{}"
        case .string: return key(value.string ?? "")
        }
    }

    /// A string on one line: plain where that is safe, else in quotes.
    static func key(_ string: String) -> String {
        if isSafePlain(string) { return string }
        if string.unicodeScalars.allSatisfy({ isPrintable($0) && $0 != "\t" }) {
            return "'" + string.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        }
        return doubleQuoted(string)
    }

    /// The header of a literal block for a string of several lines; nil if it cannot be one.
    static func literalHeader(_ string: String) -> String? {
        let scalars = string.unicodeScalars
        guard let first = scalars.first, let last = scalars.last, scalars.contains("\n"),
            scalars.contains(where: { $0 != "\n" && $0 != " " && $0 != "\t" }),
            scalars.allSatisfy({ $0 == "\n" || isPrintable($0) })
        else { return nil }
        // Where the first line does not show the indentation, the header says it.
        var header = first == " " || first == "\t" || first == "\n" ? "|2" : "|"
        if last != "\n" {
            header += "-"
        } else if scalars.dropLast().last == "\n" {
            header += "+"
        }
        return header
    }

    private static func isSafePlain(_ string: String) -> Bool {
        let scalars = Array(string.unicodeScalars)
        guard let first = scalars.first, let last = scalars.last, last != " ", last != ":",
            ScalarResolver.isPlainString(string), scalars.allSatisfy({ isPrintable($0) && $0 != "\t" })
        else { return false }
        let starts = "-?:,[]{}#&*!|>'\"%@`= "
        if starts.unicodeScalars.contains(first) {
            // A dash may begin a word, such as an option, but not a sequence entry or a document mark.
            guard first == "-", scalars.count > 1, scalars[1] != " ", !string.hasPrefix("---") else { return false }
        }
        if string.hasPrefix("...") { return false }
        for (scalar, next) in zip(scalars, scalars.dropFirst()) {
            if scalar == ":", next == " " { return false }
            if scalar == " ", next == "#" { return false }
        }
        return true
    }

    /// Whether YAML allows the character unescaped and no reader takes it for a line break.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x20...0x7E: true
        case 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
        case 0x10000...0x10FFFF: true
        default: false
        }
    }

    private static func doubleQuoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case "\0": text += "\\0"
            default:
                if isPrintable(scalar) {
                    text.unicodeScalars.append(scalar)
                } else {
                    let digits = String(scalar.value, radix: 16)
                    let width = scalar.value <= 0xFF ? 2 : 4
                    text += (width == 2 ? "\\x" : "\\u") + String(repeating: "0", count: max(0, width - digits.count))
                    text += digits
                }
            }
        }
        return text + "\""
    }
}
