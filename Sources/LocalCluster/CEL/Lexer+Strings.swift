extension Lexer {
    /// A string or bytes literal at the present place; nil if none begins here.
    mutating func stringLiteral() throws(CELError) -> Token.Kind? {
        let start = position
        var isRaw = false
        var isBytes = false
        var scan = position
        while scan < scalars.count, scan < position + 2 {
            if scalars[scan] == "r" || scalars[scan] == "R", !isRaw {
                isRaw = true
            } else if scalars[scan] == "b" || scalars[scan] == "B", !isBytes {
                isBytes = true
            } else {
                break
            }
            scan += 1
        }
        guard scan < scalars.count, scalars[scan] == "\"" || scalars[scan] == "'" else { return nil }
        position = scan
        let bytes = try body(quote: scalars[scan], isRaw: isRaw, isBytes: isBytes, start: start)
        return isBytes ? .bytes(bytes) : .string(String(decoding: bytes, as: UTF8.self))
    }

    private mutating func body(
        quote: Unicode.Scalar, isRaw: Bool, isBytes: Bool, start: Int
    ) throws(CELError) -> [UInt8] {
        let isTriple = peek(1) == quote && peek(2) == quote
        position += isTriple ? 3 : 1
        var bytes: [UInt8] = []
        while let scalar = current {
            if scalar == quote, !isTriple || (peek(1) == quote && peek(2) == quote) {
                position += isTriple ? 3 : 1
                return bytes
            }
            if scalar == "\n", !isTriple { break }
            position += 1
            if scalar == "\\", !isRaw {
                try escape(into: &bytes, isBytes: isBytes)
            } else {
                bytes += Array(String(scalar).utf8)
            }
        }
        throw CELError("syntax error: unterminated string", offset: start)
    }

    private mutating func escape(into bytes: inout [UInt8], isBytes: Bool) throws(CELError) {
        let start = position - 1
        guard let scalar = current else { throw CELError("syntax error: unterminated escape", offset: start) }
        position += 1
        switch scalar {
        case "a": bytes.append(7)
        case "b": bytes.append(8)
        case "f": bytes.append(12)
        case "n": bytes.append(10)
        case "r": bytes.append(13)
        case "t": bytes.append(9)
        case "v": bytes.append(11)
        case "\\", "'", "\"", "`", "?": bytes += Array(String(scalar).utf8)
        case "x", "X": try code(digits: 2, radix: 16, start, &bytes, isByte: isBytes)
        case "u" where !isBytes: try code(digits: 4, radix: 16, start, &bytes, isByte: false)
        case "U" where !isBytes: try code(digits: 8, radix: 16, start, &bytes, isByte: false)
        case "0"..."3":
            position -= 1
            try code(digits: 3, radix: 8, start, &bytes, isByte: isBytes)
        default: throw CELError("syntax error: unknown escape \\\(scalar)", offset: start)
        }
    }

    private mutating func code(
        digits: Int, radix: Int, _ start: Int, _ bytes: inout [UInt8], isByte: Bool
    ) throws(CELError) {
        var text = ""
        for _ in 0..<digits {
            if let scalar = current { text.unicodeScalars.append(scalar) }
            position += 1
        }
        guard text.unicodeScalars.count == digits, !text.hasPrefix("+"), !text.hasPrefix("-"),
            let value = UInt32(text, radix: radix)
        else { throw CELError("syntax error: malformed escape", offset: start) }
        if isByte {
            bytes.append(UInt8(truncatingIfNeeded: value))
        } else if let scalar = Unicode.Scalar(value) {
            bytes += Array(String(scalar).utf8)
        } else {
            throw CELError("syntax error: escape is no Unicode character", offset: start)
        }
    }
}
