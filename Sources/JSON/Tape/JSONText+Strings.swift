extension JSONText {
    /// The offset of the first byte from `start` that ends a string or needs a closer look: a quote, a backslash, a
    /// control character, a byte beyond ASCII, or the end of the text.
    ///
    /// Looks at eight bytes at a time.
    @inline(always)
    func plainEnd(_ start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var at = start
        while let bytes = word(at) {
            let quotes = bytes ^ (ones &* 0x22)
            let backslashes = bytes ^ (ones &* 0x5C)
            // The lowest marked byte is exact: borrows only reach bytes above a marked one. Bytes that are marked
            // wrongly because they are beyond ASCII are marked anyway.
            let marks = ((quotes &- ones) | (backslashes &- ones) | (bytes &- ones &* 0x20) | bytes) & highs
            if marks != 0 { return at &+ marks.trailingZeroBitCount >> 3 }
            at &+= 8
        }
        return plainEndOfRest(at)
    }

    @inline(never)
    private func plainEndOfRest(_ start: Int) -> Int {
        var at = start
        while at < count, isPlain(byte(at)) { at += 1 }
        return at
    }

    private func isPlain(_ byte: UInt8) -> Bool {
        byte >= Byte.space && byte < 0x80 && byte != Byte.quote && byte != Byte.backslash
    }

    /// Reads on after a plain part of a string that does not end with a quote. Returns twice the offset of the closing
    /// quote, plus one if there are escapes, or a packed problem.
    @inline(never)
    func unusualEnd(_ start: Int) -> Int {
        var at = start
        var escapes = 0
        while true {
            let found = byte(at)
            if found == Byte.quote { return at << 1 | escapes }
            if found == Byte.backslash {
                escapes = 1
                at = escape(at)
            } else if found >= 0x80 {
                let length = utf8Length(at)
                at = length > 0 ? at + length : TapeProblem.utf8.packed(at)
            } else {
                return (at < count ? TapeProblem.control : .openString).packed(at)
            }
            if at < 0 { return at }
            at = plainEnd(at)
        }
    }

    /// The length of the UTF-8 sequence at an offset (RFC 3629, section 4), or 0 if it is not valid.
    @inline(always)
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

    @inline(always)
    private func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    /// Reads the escape whose backslash is at an offset. Returns the offset after it, or a packed problem.
    @inline(always)
    private func escape(_ at: Int) -> Int {
        switch byte(at + 1) {
        case Byte.quote, Byte.backslash, Byte.slash, Byte.lowerB, Byte.lowerF, Byte.lowerN, Byte.lowerR, Byte.lowerT:
            at + 2
        case Byte.lowerU:
            unicodeEscape(at)
        default:
            TapeProblem.escape.packed(at + 1)
        }
    }

    private func unicodeEscape(_ at: Int) -> Int {
        guard let unit = hexUnit(at + 2) else { return TapeProblem.hexDigits.packed(at) }
        switch unit {
        case 0xD800...0xDBFF:
            guard byte(at + 6) == Byte.backslash, byte(at + 7) == Byte.lowerU, let low = hexUnit(at + 8),
                0xDC00...0xDFFF ~= low
            else { return TapeProblem.highSurrogate.packed(at) }
            return at + 12
        case 0xDC00...0xDFFF:
            return TapeProblem.lowSurrogate.packed(at)
        default:
            return at + 6
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
