extension TapeBuilder {
    /// The byte at an offset; 0, which has no place outside strings, past the end.
    @inline(__always)
    func byte(_ at: Int) -> UInt8 {
        at < text.count ? text[at] : 0
    }

    /// Eight bytes from an offset, the first in the lowest bits. Only where `at + 8 <= text.count`.
    @inline(__always)
    func word(_ at: Int) -> UInt64 {
        UInt64(littleEndian: text.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }

    @inline(__always)
    mutating func emit(_ tag: JSONToken.Tag, payload: Int, offset: Int) {
        if count < tape.count { tape[count] = JSONToken(tag, payload: payload, offset: offset).bits }
        count += 1
    }

    @inline(__always)
    private func patch(_ index: Int, _ token: JSONToken) {
        if index < tape.count { tape[index] = token.bits }
    }

    /// Opens an array or object. Returns false, with a failure, when it is one level too many.
    @inline(__always)
    mutating func push(_ at: Int, isObject object: Bool) -> Bool {
        guard depth < frames.count else {
            return fail(.depth, at) >= 0
        }
        frames[depth] = Frame(
            open: UInt32(truncatingIfNeeded: open),
            childrenAndKind: UInt32(truncatingIfNeeded: children << 1 | (isObject ? 1 : 0)))
        depth += 1
        open = count
        children = 0
        isObject = object
        emit(object ? .object : .array, payload: 0, offset: at)
        return true
    }

    /// Closes the innermost array or object.
    @inline(__always)
    mutating func pop(_ at: Int) {
        // Its offset was written by `push`; an entry beyond the tape is counted only.
        if open < tape.count {
            let offset = JSONToken(bits: tape[open]).offset
            patch(open, JSONToken(isObject ? .object : .array, payload: count - open, offset: offset))
        }
        emit(.end, payload: children, offset: at)
        depth -= 1
        let frame = frames[depth]
        open = Int(frame.open)
        children = Int(frame.childrenAndKind >> 1)
        isObject = frame.childrenAndKind & 1 == 1
    }

    /// The offset of the first byte that is not white space.
    @inline(__always)
    func skipSpace(_ start: Int) -> Int {
        byte(start) > Byte.space ? start : skipSpaceRun(start)
    }

    @inline(never)
    private func skipSpaceRun(_ start: Int) -> Int {
        var at = start
        let spaces: UInt64 = 0x2020_2020_2020_2020
        while at < text.count {
            while at + 8 <= text.count, word(at) == spaces { at += 8 }
            guard at < text.count else { return at }
            switch text[at] {
            case Byte.space, Byte.newline, Byte.carriageReturn, Byte.tab: at += 1
            default: return at
            }
        }
        return at
    }

    /// Records why the text is refused; always returns -1.
    @inline(never)
    mutating func fail(_ problem: TapeProblem, _ at: Int) -> Int {
        failure = problem.error(offset: at, found: at < text.count ? text[at] : nil, depth: frames.count)
        return -1
    }
}
