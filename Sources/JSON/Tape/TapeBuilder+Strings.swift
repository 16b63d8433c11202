extension TapeBuilder {
    /// Reads a string whose opening quote is at `start`. Returns the offset after its closing quote, or -1.
    ///
    /// Looks at eight bytes at a time and stops at the first that is a quote, a backslash, a control character or not
    /// ASCII.
    @inline(__always)
    mutating func string(_ start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var at = start + 1
        var tag = JSONToken.Tag.string
        while true {
            if at + 8 <= text.count {
                let bytes = word(at)
                let quotes = bytes ^ (ones &* 0x22)
                let backslashes = bytes ^ (ones &* 0x5C)
                // The lowest marked byte is exact: borrows only reach bytes above a marked one.
                let marks =
                    ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
                        | (bytes &- ones &* 0x20) & ~bytes | bytes) & highs
                if marks == 0 {
                    at += 8
                    continue
                }
                at += marks.trailingZeroBitCount >> 3
            }
            let found = byte(at)
            if found == Byte.quote { break }
            if found >= Byte.space, found < 0x80, found != Byte.backslash {
                at += 1
                continue
            }
            if found == Byte.backslash { tag = .escapedString }
            at = unusual(found, at)
            if at < 0 { return -1 }
        }
        emit(tag, payload: at - start - 1, offset: start + 1)
        return at + 1
    }

    /// Reads an escape or a character beyond ASCII within a string. Returns the offset after it, or -1.
    @inline(never)
    private mutating func unusual(_ found: UInt8, _ at: Int) -> Int {
        if found == Byte.backslash { return escape(at) }
        if found >= 0x80 {
            let length = utf8Length(at)
            return length > 0 ? at + length : fail(.utf8, at)
        }
        guard at < text.count else { return fail(.openString, at) }
        return fail(.control, at)
    }

    /// The length of the UTF-8 sequence at an offset (RFC 3629, section 4), or 0 if it is not valid.
    private func utf8Length(_ at: Int) -> Int {
        let first = byte(at)
        let second = byte(at + 1)
        switch first {
        case 0xC2...0xDF:
            return isContinuation(second) ? 2 : 0
        case 0xE0...0xEF:
            let lowest: UInt8 = first == 0xE0 ? 0xA0 : 0x80
            let highest: UInt8 = first == 0xED ? 0x9F : 0xBF
            return second >= lowest && second <= highest && isContinuation(byte(at + 2)) ? 3 : 0
        case 0xF0...0xF4:
            let lowest: UInt8 = first == 0xF0 ? 0x90 : 0x80
            let highest: UInt8 = first == 0xF4 ? 0x8F : 0xBF
            let isValid =
                second >= lowest && second <= highest && isContinuation(byte(at + 2)) && isContinuation(byte(at + 3))
            return isValid ? 4 : 0
        default:
            return 0
        }
    }

    private func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    /// Reads the escape whose backslash is at an offset. Returns the offset after it, or -1.
    private mutating func escape(_ at: Int) -> Int {
        switch byte(at + 1) {
        case Byte.quote, Byte.backslash, Byte.slash, Byte.lowerB, Byte.lowerF, Byte.lowerN, Byte.lowerR, Byte.lowerT:
            return at + 2
        case Byte.lowerU:
            guard let unit = hexUnit(at + 2) else { return fail(.hexDigits, at) }
            switch unit {
            case 0xD800...0xDBFF:
                guard byte(at + 6) == Byte.backslash, byte(at + 7) == Byte.lowerU, let low = hexUnit(at + 8),
                    0xDC00...0xDFFF ~= low
                else { return fail(.highSurrogate, at) }
                return at + 12
            case 0xDC00...0xDFFF:
                return fail(.lowSurrogate, at)
            default:
                return at + 6
            }
        default:
            return fail(.escape, at + 1)
        }
    }

    private func hexUnit(_ at: Int) -> UInt32? {
        var unit: UInt32 = 0
        for offset in 0..<4 {
            guard let digit = Byte.hexValue(byte(at + offset)) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }
}
