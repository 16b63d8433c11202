extension JSONText {
    /// Reads the sign and the whole part of a number (RFC 8259, section 6). Returns the offset after it, or a packed
    /// problem.
    @inline(always)
    func integerEnd(_ start: Int) -> Int {
        let first = byte(start) == Byte.minus ? start &+ 1 : start
        let end = digitsEnd(first)
        if end == first { return TapeProblem.digit.packed(first) }
        return byte(first) == Byte.zero && end &- first > 1 ? TapeProblem.leadingZero.packed(start) : end
    }

    /// Reads the fraction and the exponent of a number, of which there is at least one. Returns the offset after it, or
    /// a packed problem.
    @inline(never)
    func decimalEnd(_ start: Int) -> Int {
        var at = start
        if byte(at) == Byte.dot {
            let end = digitsEnd(at + 1)
            if end == at + 1 { return TapeProblem.digit.packed(end) }
            at = end
        }
        guard byte(at) | 0x20 == Byte.lowerE else { return at }
        at += 1
        if byte(at) == Byte.plus || byte(at) == Byte.minus { at += 1 }
        let end = digitsEnd(at)
        return end == at ? TapeProblem.digit.packed(at) : end
    }

    @inline(always)
    private func digitsEnd(_ start: Int) -> Int {
        var at = start
        while Byte.isDigit(byte(at)) { at &+= 1 }
        return at
    }

    /// The length of `true`, `false` or `null` at an offset; -1 if it only begins like one, 0 if not even that.
    @inline(always)
    func literalLength(_ start: Int) -> Int {
        let word: StaticString
        switch byte(start) {
        case Byte.lowerT: word = "true"
        case Byte.lowerF: word = "false"
        case Byte.lowerN: word = "null"
        default: return 0
        }
        let length = word.utf8CodeUnitCount
        for index in 1..<length where byte(start &+ index) != word.utf8Start[index] { return -1 }
        return length
    }
}
