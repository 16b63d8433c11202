/// A word of the source.
struct Token: Equatable {
    enum Kind: Equatable {
        case identifier(String)
        case quotedIdentifier(String)
        case int(UInt64)
        case uint(UInt64)
        case double(Double)
        case string(String)
        case bytes([UInt8])
        case symbol(String)
        case end
    }

    var kind: Kind
    var offset: Int
}

/// Splits the source into words.
struct Lexer {
    let scalars: [Unicode.Scalar]
    var position = 0

    init(_ source: String) { scalars = Array(source.unicodeScalars) }

    var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    func peek(_ distance: Int = 1) -> Unicode.Scalar? {
        position + distance < scalars.count ? scalars[position + distance] : nil
    }

    static func tokens(of source: String) throws(CELError) -> [Token] {
        var lexer = Lexer(source)
        var tokens: [Token] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private mutating func next() throws(CELError) -> Token {
        skipBlanks()
        let start = position
        guard let first = current else { return Token(kind: .end, offset: start) }
        if let string = try stringLiteral() { return Token(kind: string, offset: start) }
        if Self.isIdentifierStart(first) {
            return Token(kind: .identifier(text { Self.isIdentifierStart($0) || Self.isDigit($0) }), offset: start)
        }
        if Self.isDigit(first) || (first == "." && peek().map(Self.isDigit) ?? false) {
            return Token(kind: try number(), offset: start)
        }
        if first == "`" { return Token(kind: .quotedIdentifier(try quotedIdentifier()), offset: start) }
        return Token(kind: .symbol(try symbol()), offset: start)
    }

    private mutating func skipBlanks() {
        while let scalar = current {
            if " \t\n\r\u{0C}".unicodeScalars.contains(scalar) {
                position += 1
            } else if scalar == "/", peek() == "/" {
                _ = text { $0 != "\n" }
            } else {
                return
            }
        }
    }

    private mutating func symbol() throws(CELError) -> String {
        for length in [2, 1] where position + length <= scalars.count {
            let text = TextFunctions.string(scalars[position..<position + length])
            if Self.symbols.contains(text) {
                position += length
                return text
            }
        }
        throw CELError("syntax error: unexpected character '\(scalars[position])'", offset: position)
    }

    private static let symbols: Set<String> = [
        "||", "&&", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(", ")", "[",
        "]",
        "{", "}",
    ]

    private mutating func text(while isPart: (Unicode.Scalar) -> Bool) -> String {
        let part = scalars[position...].prefix(while: isPart)
        position += part.count
        return TextFunctions.string(part)
    }

    private mutating func quotedIdentifier() throws(CELError) -> String {
        let start = position
        position += 1
        let text = self.text { $0 != "`" && $0 != "\n" }
        guard current == "`", !text.isEmpty else {
            throw CELError("syntax error: unterminated quoted identifier", offset: start)
        }
        position += 1
        return text
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }

    private static func isIdentifierStart(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || (scalar >= "a" && scalar <= "z") || (scalar >= "A" && scalar <= "Z")
    }

    private mutating func number() throws(CELError) -> Token.Kind {
        let start = position
        if current == "0", peek() == "x" || peek() == "X" {
            position += 2
            return try integer(UInt64(text(while: \.properties.isASCIIHexDigit), radix: 16), at: start)
        }
        var number = text(while: Self.isDigit)
        var isDouble = false
        if current == ".", peek().map(Self.isDigit) ?? false {
            isDouble = true
            position += 1
            number += "." + text(while: Self.isDigit)
        }
        if current == "e" || current == "E" {
            isDouble = true
            number += "e"
            position += 1
            if let sign = current, sign == "+" || sign == "-" {
                number.unicodeScalars.append(sign)
                position += 1
            }
            number += text(while: Self.isDigit)
        }
        guard isDouble else { return try integer(UInt64(number), at: start) }
        guard let value = Double(number.hasPrefix(".") ? "0" + number : number) else {
            throw CELError("invalid double literal", offset: start)
        }
        return .double(value)
    }

    private mutating func integer(_ value: UInt64?, at start: Int) throws(CELError) -> Token.Kind {
        guard let value else { throw CELError("invalid int literal", offset: start) }
        if current == "u" || current == "U" {
            position += 1
            return .uint(value)
        }
        return .int(value)
    }
}
