/// String escapes (RFC 8259, section 7).
enum JSONEscapes {
    /// Decodes the escapes of a string's text that was validated before, without its quotes.
    static func decode(_ raw: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(raw.count)
        var at = raw.startIndex
        while at < raw.endIndex {
            guard raw[at] == Byte.backslash, at + 1 < raw.endIndex else {
                out.append(raw[at])
                at += 1
                continue
            }
            at += 2
            switch raw[at - 1] {
            case Byte.lowerB: out.append(0x08)
            case Byte.lowerF: out.append(0x0C)
            case Byte.lowerN: out.append(Byte.newline)
            case Byte.lowerR: out.append(Byte.carriageReturn)
            case Byte.lowerT: out.append(Byte.tab)
            case Byte.lowerU: appendScalar(of: raw, at: &at, to: &out)
            case let other: out.append(other)
            }
        }
        return out
    }

    /// Reads the digits after `\u` at `at`, and the second half of a pair, and appends the character.
    private static func appendScalar(of raw: ArraySlice<UInt8>, at: inout Int, to out: inout [UInt8]) {
        var value = unit(of: raw, at: at)
        at += 4
        if 0xD800...0xDBFF ~= value {
            value = 0x10000 + (value - 0xD800) << 10 + (unit(of: raw, at: at + 2) &- 0xDC00) & 0x3FF
            at += 6
        }
        // Validated text has no lone halves; the replacement character only keeps this total.
        out.append(contentsOf: String(Character(UnicodeScalar(value) ?? "\u{FFFD}")).utf8)
    }

    private static func unit(of raw: ArraySlice<UInt8>, at: Int) -> UInt32 {
        raw[at..<min(at + 4, raw.endIndex)].reduce(0) { $0 << 4 | (Byte.hexValue($1) ?? 0) }
    }

    /// Appends a string in quotes, with only those escapes that RFC 8259 requires.
    static func append(_ text: String, to out: inout [UInt8]) {
        out.append(Byte.quote)
        var text = text
        text.withUTF8 { bytes in
            var clean = 0
            for (index, byte) in bytes.enumerated()
            where byte < Byte.space || byte == Byte.quote || byte == Byte.backslash {
                out.append(contentsOf: bytes[clean..<index])
                appendEscape(of: byte, to: &out)
                clean = index + 1
            }
            out.append(contentsOf: bytes[clean...])
        }
        out.append(Byte.quote)
    }

    private static func appendEscape(of byte: UInt8, to out: inout [UInt8]) {
        out.append(Byte.backslash)
        switch byte {
        case 0x08: out.append(Byte.lowerB)
        case 0x0C: out.append(Byte.lowerF)
        case Byte.newline: out.append(Byte.lowerN)
        case Byte.carriageReturn: out.append(Byte.lowerR)
        case Byte.tab: out.append(Byte.lowerT)
        case Byte.quote, Byte.backslash: out.append(byte)
        default:
            let digits = Array("0123456789abcdef".utf8)
            out.append(contentsOf: [Byte.lowerU, Byte.zero, Byte.zero, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
        }
    }
}
