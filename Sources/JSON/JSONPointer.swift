/// The place of a value in a document (RFC 6901): the member names and array positions on the way to it.
package struct JSONPointer: Sendable, Hashable, CustomStringConvertible, ExpressibleByArrayLiteral {
    /// The steps, unescaped. Array positions are decimal; `-` is the place after the last element.
    package var tokens: [String]

    /// A pointer of these steps; none is the whole document.
    package init(_ tokens: [String] = []) {
        self.tokens = tokens
    }

    /// A pointer of these steps.
    package init(arrayLiteral tokens: String...) {
        self.tokens = tokens
    }

    /// Reads `/spec/containers/0`. Throws ``JSONError`` if it neither is empty nor begins with `/`, or if a `~` is not
    /// followed by 0 or 1.
    package init(parsing text: String) throws(JSONError) {
        tokens = []
        guard !text.utf8.isEmpty else { return }
        guard text.utf8.first == Byte.slash else {
            throw JSONError(.invalidPointer, pointer: text, "a JSON pointer is empty or begins with '/'")
        }
        for part in text.utf8.dropFirst().split(separator: Byte.slash, omittingEmptySubsequences: false) {
            tokens.append(try JSONPointer.unescape(part, of: text))
        }
    }

    private static func unescape(_ part: Substring.UTF8View, of text: String) throws(JSONError) -> String {
        guard part.contains(0x7E) else { return String(Substring(part)) }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in part {
            switch (isEscaped, byte) {
            case (true, Byte.zero): bytes.append(0x7E)
            case (true, 0x31): bytes.append(Byte.slash)
            case (true, _): throw JSONError(.invalidPointer, pointer: text, "'~' must be followed by 0 or 1")
            case (false, 0x7E): break
            case (false, _): bytes.append(byte)
            }
            isEscaped = !isEscaped && byte == 0x7E
        }
        guard !isEscaped else { throw JSONError(.invalidPointer, pointer: text, "'~' must be followed by 0 or 1") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The pointer as RFC 6901 writes it.
    package var description: String {
        var bytes: [UInt8] = []
        for token in tokens {
            bytes.append(Byte.slash)
            for byte in token.utf8 {
                switch byte {
                case 0x7E: bytes.append(contentsOf: [0x7E, Byte.zero])
                case Byte.slash: bytes.append(contentsOf: [0x7E, 0x31])
                default: bytes.append(byte)
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// This pointer with one more step.
    package func appending(_ token: String) -> JSONPointer { JSONPointer(tokens + [token]) }

    /// A step as an array position: digits only, no leading zeros; `nil` otherwise.
    static func position(_ token: String) -> Int? {
        guard let first = token.utf8.first, token.utf8.allSatisfy(Byte.isDigit) else { return nil }
        return first == Byte.zero && token.utf8.count > 1 ? nil : Int(token)
    }
}
