/// Validates a text and writes its tape, in one pass.
///
/// Strict RFC 8259 and UTF-8 (RFC 3629) everywhere, also in text that nobody reads later. Escapes that name half a
/// surrogate pair are refused, because no UTF-8 text can hold them.
///
/// All reads go through ``byte(_:)`` and ``word(_:)``, all writes through ``emit(_:payload:offset:)`` and
/// ``patch(_:_:)``; each checks its bounds. When the tape is full the pass goes on without writing, so that ``count``
/// then says what is needed.
struct TapeBuilder {
    /// An open array or object around the current one.
    struct Frame {
        var open: UInt32
        var childrenAndKind: UInt32
    }

    let text: UnsafeRawBufferPointer
    let tape: UnsafeMutableBufferPointer<UInt64>
    /// One frame for each level that is allowed.
    let frames: UnsafeMutableBufferPointer<Frame>

    /// Entries made so far, written or not.
    var count = 0
    /// Levels that are open.
    var depth = 0
    /// Where the innermost open array or object begins on the tape.
    var open = 0
    /// Elements or members that it has so far.
    var children = 0
    var isObject = false
    var failure: JSONError?

    init(
        text: UnsafeRawBufferPointer, tape: UnsafeMutableBufferPointer<UInt64>,
        frames: UnsafeMutableBufferPointer<Frame>
    ) {
        self.text = text
        self.tape = tape
        self.frames = frames
    }

    /// Runs the pass. Returns whether the text is valid; ``failure`` says why not.
    mutating func run() -> Bool {
        let end = values()
        guard end >= 0 else { return false }
        let rest = skipSpace(end)
        guard rest == text.count else {
            return fail(.end, rest) >= 0
        }
        return true
    }

    /// Reads the value at the top and all within it. Returns the offset after it, or -1.
    @inline(__always)
    private mutating func values() -> Int {
        var at = skipSpace(0)
        while true {
            switch byte(at) {
            case Byte.quote:
                at = string(at)
            case Byte.openBrace:
                let next = skipSpace(at + 1)
                if byte(next) == Byte.closeBrace {
                    guard depth < frames.count else { return fail(.depth, at) }
                    emit(.emptyObject, payload: next + 1 - at, offset: at)
                    at = next + 1
                } else {
                    guard push(at, isObject: true) else { return -1 }
                    at = name(next)
                    guard at >= 0 else { return -1 }
                    continue
                }
            case Byte.openBracket:
                let next = skipSpace(at + 1)
                if byte(next) == Byte.closeBracket {
                    guard depth < frames.count else { return fail(.depth, at) }
                    emit(.emptyArray, payload: next + 1 - at, offset: at)
                    at = next + 1
                } else {
                    guard push(at, isObject: false) else { return -1 }
                    at = next
                    continue
                }
            case Byte.minus, Byte.zero...Byte.nine:
                at = number(at)
            case Byte.lowerT:
                at = literal(at, .true, "true")
            case Byte.lowerF:
                at = literal(at, .false, "false")
            case Byte.lowerN:
                at = literal(at, .null, "null")
            default:
                return fail(.value, at)
            }
            guard at >= 0 else { return -1 }
            at = afterValue(at)
            if at < 0 || depth == 0 { return at }
        }
    }

    /// Reads what follows a value: closing brackets, or a comma and, in an object, the next name.
    ///
    /// Returns the offset of the next value, the offset after the whole when nothing is open any more, or -1.
    @inline(__always)
    private mutating func afterValue(_ start: Int) -> Int {
        var at = start
        while depth > 0 {
            at = skipSpace(at)
            children += 1
            let found = byte(at)
            if found == Byte.comma {
                at = skipSpace(at + 1)
                return isObject ? name(at) : at
            }
            guard found == (isObject ? Byte.closeBrace : Byte.closeBracket) else {
                return fail(isObject ? .commaOrBrace : .commaOrBracket, at)
            }
            pop(at)
            at += 1
        }
        return at
    }

    /// Reads a member's name and its colon. Returns the offset of the value, or -1.
    @inline(__always)
    private mutating func name(_ start: Int) -> Int {
        guard byte(start) == Byte.quote else {
            return fail(.name, start)
        }
        var at = string(start)
        guard at >= 0 else { return -1 }
        at = skipSpace(at)
        guard byte(at) == Byte.colon else {
            return fail(.colon, at)
        }
        return skipSpace(at + 1)
    }
}
