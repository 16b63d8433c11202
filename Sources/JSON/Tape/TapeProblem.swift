/// Why a text is refused; becomes a message only once that is needed.
enum TapeProblem: Int {
    case value, end, name, colon, commaOrBrace, commaOrBracket, literal, digit, leadingZero
    case openString, control, escape, hexDigits, highSurrogate, lowSurrogate, utf8, depth

    /// The problem and its offset in a number below zero.
    @inline(__always)
    func packed(_ offset: Int) -> Int { -1 - (offset << 8 | rawValue) }

    /// The parts of a packed problem.
    static func unpack(_ packed: Int) -> (problem: TapeProblem, offset: Int) {
        let parts = -1 - packed
        return (TapeProblem(rawValue: parts & 0xFF) ?? .value, parts >> 8)
    }

    /// The error at an offset, where `found` is the byte there, `nil` at the end of the text.
    func error(offset: Int, found: UInt8?, depth: Int) -> JSONError {
        JSONError(code, offset: offset, message(TapeProblem.describe(found), depth))
    }

    private var code: JSONError.Code {
        switch self {
        case .highSurrogate, .lowSurrogate, .utf8: .invalidUTF8
        case .depth: .tooDeep
        default: .syntax
        }
    }

    private func message(_ found: String, _ depth: Int) -> String {
        switch self {
        case .value: "expected a value, found \(found)"
        case .end: "expected nothing after the value, found \(found)"
        case .name: "expected a member name in quotes, found \(found)"
        case .colon: "expected ':' after a member name, found \(found)"
        case .commaOrBrace: "expected ',' or '}' after a member, found \(found)"
        case .commaOrBracket: "expected ',' or ']' after an element, found \(found)"
        case .literal: "expected true, false or null"
        case .digit: "expected a digit, found \(found)"
        case .leadingZero: "a number must not begin with 0"
        case .openString: "the text ends within a string"
        case .control: "a control character in a string must be escaped, found \(found)"
        case .escape: "there is no escape of a backslash and \(found)"
        case .hexDigits: "\\u needs four hexadecimal digits"
        case .highSurrogate: "an escaped high surrogate needs its low surrogate after it"
        case .lowSurrogate: "an escaped low surrogate needs its high surrogate before it"
        case .utf8: "\(found) does not begin valid UTF-8"
        case .depth: "more than \(depth) arrays and objects within each other"
        }
    }

    private static func describe(_ byte: UInt8?) -> String {
        guard let byte else { return "the end of the text" }
        if byte > Byte.space, byte < 0x7F { return "'\(Character(UnicodeScalar(byte)))'" }
        let digits = String(byte, radix: 16, uppercase: true)
        return "byte 0x\(digits.utf8.count < 2 ? "0" : "")\(digits)"
    }
}
