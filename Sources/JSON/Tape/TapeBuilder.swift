/// Validates a text and writes its tape, in one pass.
///
/// Strict RFC 8259 and UTF-8 (RFC 3629) everywhere, also in text that nobody reads later. Escapes that name half a
/// surrogate pair are refused, because no UTF-8 text can hold them.
///
/// Reads go through ``JSONText``, writes through ``emit(_:payload:offset:)``, ``push(_:isObject:)`` and ``pop(_:)``;
/// each checks its bounds. When the tape is full the pass goes on without writing, so that ``count`` then says what is
/// needed.
///
/// Everything that changes the state is inlined into ``run(_:tape:frames:)``, and what is not inlined sees the text
/// only: so the state stays in registers. Where and why a text is refused travels as a number below zero, see
/// ``TapeProblem``.
struct TapeBuilder {
    /// An open array or object around the current one.
    struct Frame {
        var open: UInt32
        var childrenAndKind: UInt32
    }

    private let text: JSONText
    private let tape: UnsafeMutableBufferPointer<UInt64>
    /// One frame for each level that is allowed.
    private let frames: UnsafeMutableBufferPointer<Frame>

    /// Entries made so far, written or not.
    private var count = 0
    /// Levels that are open.
    private var depth = 0
    /// Where the innermost open array or object begins on the tape.
    private var open = 0
    /// Elements or members that it has so far.
    private var children = 0
    /// Whether it is an object; false when nothing is open.
    private var isObject = false

    /// Runs the pass. Returns how many entries the tape needs and why the text is refused, if it is.
    static func run(
        _ bytes: UnsafeRawBufferPointer, tape: UnsafeMutableBufferPointer<UInt64>,
        frames: UnsafeMutableBufferPointer<Frame>
    ) -> (needed: Int, failure: JSONError?) {
        guard let text = JSONText(bytes) else {
            return (0, TapeProblem.value.error(offset: 0, found: nil, depth: frames.count))
        }
        var builder = TapeBuilder(text: text, tape: tape, frames: frames)
        var end = builder.values()
        if end >= 0 {
            end = text.skipSpace(end)
            if end == text.count { return (builder.count, nil) }
            end = TapeProblem.end.packed(end)
        }
        let (problem, offset) = TapeProblem.unpack(end)
        let found = offset < text.count ? text.byte(offset) : nil
        return (0, problem.error(offset: offset, found: found, depth: frames.count))
    }

    /// Reads the value at the top and all within it. Returns the offset after it, or a packed problem.
    @inline(always)
    private mutating func values() -> Int {
        var at = text.skipSpace(0)
        while true {
            if isObject {
                at = name(at)
                if at < 0 { return at }
            }
            let first = text.byte(at)
            if first == Byte.quote {
                at = string(at)
            } else if first == Byte.openBrace || first == Byte.openBracket {
                let next = text.skipSpace(at &+ 1)
                guard depth < frames.count else { return TapeProblem.depth.packed(at) }
                // The closing bracket's code is that of the opening one plus 2.
                guard text.byte(next) == first &+ 2 else {
                    push(at, isObject: first == Byte.openBrace)
                    at = next
                    continue
                }
                emit(first == Byte.openBrace ? .emptyObject : .emptyArray, payload: next &+ 1 &- at, offset: at)
                at = next &+ 1
            } else if first == Byte.minus || Byte.isDigit(first) {
                at = number(at)
            } else {
                at = literal(at, first)
            }
            if at < 0 { return at }
            at = afterValue(at)
            if at < 0 || depth == 0 { return at }
        }
    }

    /// Reads what follows a value: closing brackets, or a comma.
    ///
    /// Returns the offset of the next name or value, the offset after the whole when nothing is open any more, or a
    /// packed problem.
    @inline(always)
    private mutating func afterValue(_ start: Int) -> Int {
        var at = start
        while depth > 0 {
            at = text.skipSpace(at)
            children &+= 1
            let found = text.byte(at)
            if found == Byte.comma { return text.skipSpace(at &+ 1) }
            guard found == (isObject ? Byte.closeBrace : Byte.closeBracket) else {
                return (isObject ? TapeProblem.commaOrBrace : .commaOrBracket).packed(at)
            }
            pop(at)
            at &+= 1
        }
        return at
    }

    /// Reads a member's name and its colon. Returns the offset of the value, or a packed problem.
    @inline(always)
    private mutating func name(_ start: Int) -> Int {
        guard text.byte(start) == Byte.quote else { return TapeProblem.name.packed(start) }
        var at = string(start)
        guard at >= 0 else { return at }
        at = text.skipSpace(at)
        guard text.byte(at) == Byte.colon else { return TapeProblem.colon.packed(at) }
        return text.skipSpace(at &+ 1)
    }

    /// Reads a string whose opening quote is at `start`. Returns the offset after its closing quote, or a packed
    /// problem.
    @inline(always)
    private mutating func string(_ start: Int) -> Int {
        var end = text.plainEnd(start &+ 1)
        var tag = JSONToken.Tag.string
        if text.byte(end) != Byte.quote {
            let found = text.unusualEnd(end)
            if found < 0 { return found }
            end = found >> 1
            if found & 1 == 1 { tag = .escapedString }
        }
        emit(tag, payload: end &- start &- 1, offset: start &+ 1)
        return end &+ 1
    }

    @inline(always)
    private mutating func number(_ start: Int) -> Int {
        let end = text.integerEnd(start)
        if end < 0 { return end }
        let next = text.byte(end)
        guard next == Byte.dot || next | 0x20 == Byte.lowerE else {
            emit(.integer, payload: end &- start, offset: start)
            return end
        }
        let last = text.decimalEnd(end)
        if last < 0 { return last }
        emit(.decimal, payload: last &- start, offset: start)
        return last
    }

    @inline(always)
    private mutating func literal(_ start: Int, _ first: UInt8) -> Int {
        let tag: JSONToken.Tag = first == Byte.lowerT ? .true : first == Byte.lowerF ? .false : .null
        let length = text.literalLength(start)
        guard length > 0 else { return (length < 0 ? TapeProblem.literal : .value).packed(start) }
        emit(tag, payload: length, offset: start)
        return start &+ length
    }
}

extension TapeBuilder {
    @inline(always)
    private mutating func emit(_ tag: JSONToken.Tag, payload: Int, offset: Int) {
        if count < tape.count { tape[count] = JSONToken(tag, payload: payload, offset: offset).bits }
        count &+= 1
    }

    /// Opens an array or object. Only where `depth < frames.count`.
    @inline(always)
    private mutating func push(_ at: Int, isObject object: Bool) {
        frames[depth] = Frame(
            open: UInt32(truncatingIfNeeded: open),
            childrenAndKind: UInt32(truncatingIfNeeded: children << 1 | (isObject ? 1 : 0)))
        depth &+= 1
        open = count
        children = 0
        isObject = object
        emit(object ? .object : .array, payload: 0, offset: at)
    }

    /// Closes the innermost array or object. Only where `depth > 0`.
    @inline(always)
    private mutating func pop(_ at: Int) {
        // Its offset was written by `push`; an entry beyond the tape is counted only.
        if open < tape.count {
            tape[open] |= UInt64(truncatingIfNeeded: count &- open) << 32
        }
        emit(.end, payload: children, offset: at)
        depth &-= 1
        let frame = frames[depth]
        open = Int(frame.open)
        children = Int(frame.childrenAndKind >> 1)
        isObject = frame.childrenAndKind & 1 == 1
    }
}
