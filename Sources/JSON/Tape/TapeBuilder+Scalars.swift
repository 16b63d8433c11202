extension TapeBuilder {
    /// Reads a number (RFC 8259, section 6) at an offset. Returns the offset after it, or -1.
    @inline(__always)
    mutating func number(_ start: Int) -> Int {
        var at = start
        if byte(at) == Byte.minus { at += 1 }
        if byte(at) == Byte.zero {
            at += 1
            guard !Byte.isDigit(byte(at)) else { return fail(.leadingZero, start) }
        } else {
            guard let end = digits(at) else { return fail(.digit, at) }
            at = end
        }
        var tag = JSONToken.Tag.integer
        if byte(at) == Byte.dot {
            tag = .decimal
            guard let end = digits(at + 1) else {
                return fail(.digit, at + 1)
            }
            at = end
        }
        if byte(at) | 0x20 == 0x65 {
            tag = .decimal
            at += 1
            if byte(at) == Byte.plus || byte(at) == Byte.minus { at += 1 }
            guard let end = digits(at) else {
                return fail(.digit, at)
            }
            at = end
        }
        emit(tag, payload: at - start, offset: start)
        return at
    }

    /// The offset after one or more digits, or `nil` if there are none.
    @inline(__always)
    private func digits(_ start: Int) -> Int? {
        var at = start
        while Byte.isDigit(byte(at)) { at += 1 }
        return at > start ? at : nil
    }

    /// Reads `true`, `false` or `null` at an offset. Returns the offset after it, or -1.
    @inline(__always)
    mutating func literal(_ start: Int, _ tag: JSONToken.Tag, _ word: StaticString) -> Int {
        let length = word.utf8CodeUnitCount
        for index in 0..<length where byte(start + index) != word.utf8Start[index] {
            return fail(.literal, start)
        }
        emit(tag, payload: length, offset: start)
        return start + length
    }
}
