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
        if isIdentifierStart(first) { return Token(kind: .identifier(identifier()), offset: start) }
        if isDigit(first) || (first == "." && peek().map(isDigit) ?? false) {
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
                while let other = current, other != "\n" {
                    _ = other
                    position += 1
                }
            } else {
                return
            }
        }
    }

    private mutating func symbol() throws(CELError) -> String {
        for length in [2, 1] where position + length <= scalars.count {
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars[position..<position + length])
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

    private mutating func identifier() -> String {
        var text = ""
        while let scalar = current, isIdentifierStart(scalar) || isDigit(scalar) {
            text.unicodeScalars.append(scalar)
            position += 1
        }
        return text
    }

    private mutating func quotedIdentifier() throws(CELError) -> String {
        let start = position
        position += 1
        var text = ""
        while let scalar = current, scalar != "`", scalar != "\n" {
            text.unicodeScalars.append(scalar)
            position += 1
        }
        guard current == "`", !text.isEmpty else {
            throw CELError("syntax error: unterminated quoted identifier", offset: start)
        }
        position += 1
        return text
    }

    func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }

    private func isIdentifierStart(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || (scalar >= "a" && scalar <= "z") || (scalar >= "A" && scalar <= "Z")
    }

    private mutating func digits() -> String {
        var text = ""
        while let scalar = current, isDigit(scalar) {
            text.unicodeScalars.append(scalar)
            position += 1
        }
        return text
    }

    private mutating func number() throws(CELError) -> Token.Kind {
        let start = position
        if current == "0", peek() == "x" || peek() == "X" {
            position += 2
            var text = ""
            while let scalar = current, scalar.properties.isASCIIHexDigit {
                text.unicodeScalars.append(scalar)
                position += 1
            }
            return try integer(UInt64(text, radix: 16), at: start)
        }
        var text = digits()
        var isDouble = false
        if current == ".", peek().map(isDigit) ?? false {
            isDouble = true
            position += 1
            text += "." + digits()
        }
        if current == "e" || current == "E" {
            isDouble = true
            text += "e"
            position += 1
            if let sign = current, sign == "+" || sign == "-" {
                text.unicodeScalars.append(sign)
                position += 1
            }
            text += digits()
        }
        guard isDouble else { return try integer(UInt64(text), at: start) }
        guard let value = Double(text.hasPrefix(".") ? "0" + text : text) else {
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
