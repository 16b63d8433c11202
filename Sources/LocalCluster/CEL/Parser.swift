/// Builds the tree of an expression. Grammar: cel-spec doc/langdef.md "Syntax".
struct Parser {
    private let tokens: [Token]
    private var position = 0
    private var nesting = 0

    private static let maximumDepth = 120
    private static let maximumLength = 16_384

    init(_ source: String) throws(CELError) {
        guard source.utf8.count <= Self.maximumLength else {
            throw CELError("the expression has more than \(Self.maximumLength) bytes")
        }
        tokens = try Lexer.tokens(of: source)
    }

    mutating func program() throws(CELError) -> Node {
        let node = try expression()
        guard token.kind == .end else { throw unexpected("the end") }
        return node
    }

    // MARK: words

    private var token: Token { tokens[position] }

    private func isSymbol(_ text: String) -> Bool { token.kind == .symbol(text) }

    private mutating func take(_ text: String) -> Bool {
        guard isSymbol(text) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ text: String) throws(CELError) {
        guard take(text) else { throw unexpected("'\(text)'") }
    }

    private func unexpected(_ expected: String) -> CELError {
        let found =
            switch token.kind {
            case .end: "the end"
            case .symbol(let text): "'\(text)'"
            case .identifier(let name), .quotedIdentifier(let name): "'\(name)'"
            case .int, .uint, .double: "a number"
            case .string, .bytes: "a string"
            }
        return CELError("syntax error: found \(found), expected \(expected)", offset: token.offset)
    }

    private func make(_ expression: Expression, _ parts: [Node], at offset: Int) throws(CELError) -> Node {
        let depth = 1 + (parts.map(\.depth).max() ?? 0)
        guard depth <= Self.maximumDepth else {
            throw CELError("the expression nests more than \(Self.maximumDepth) levels", offset: offset)
        }
        return Node(expression: expression, offset: offset, depth: depth)
    }

    // MARK: expressions

    private mutating func expression() throws(CELError) -> Node {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Self.maximumDepth else {
            throw CELError("the expression nests more than \(Self.maximumDepth) levels", offset: token.offset)
        }
        let condition = try logical(isOr: true)
        let offset = token.offset
        guard take("?") else { return condition }
        let yes = try logical(isOr: true)
        try expect(":")
        let no = try expression()
        return try make(.conditional(condition, yes, no), [condition, yes, no], at: offset)
    }

    private mutating func logical(isOr: Bool) throws(CELError) -> Node {
        let offset = token.offset
        var parts = [isOr ? try logical(isOr: false) : try binary(3)]
        while take(isOr ? "||" : "&&") { parts.append(isOr ? try logical(isOr: false) : try binary(3)) }
        if parts.count == 1 { return parts[0] }
        return try make(isOr ? .or(parts) : .and(parts), parts, at: offset)
    }

    private mutating func binary(_ lowest: Int) throws(CELError) -> Node {
        var left = try unary()
        while let (operation, offset) = binaryOperator(), operation.precedence >= lowest {
            position += 1
            let right = try binary(operation.precedence + 1)
            left = try make(.binary(operation, left, right), [left, right], at: offset)
        }
        return left
    }

    private func binaryOperator() -> (BinaryOperator, Int)? {
        switch token.kind {
        case .symbol(let text): BinaryOperator(rawValue: text).map { ($0, token.offset) }
        case .identifier("in"): (.isIn, token.offset)
        default: nil
        }
    }

    private mutating func unary() throws(CELError) -> Node {
        let offset = token.offset
        var signs = 0
        let isNot = isSymbol("!")
        let sign = isNot ? "!" : "-"
        while take(sign) { signs += 1 }
        // The smallest integer has no positive counterpart, so the sign belongs to the literal.
        if !isNot, signs > 0, case .int(let value) = token.kind {
            position += 1
            guard let negative = Int64(exactly: -Int128(value)) else {
                throw CELError("invalid int literal", offset: offset)
            }
            let literal = try make(.literal(.int(negative)), [], at: offset)
            return try negated(try member(literal), signs - 1, isNot: false, at: offset)
        }
        return try negated(try member(try primary()), signs, isNot: isNot, at: offset)
    }

    private func negated(_ operand: Node, _ signs: Int, isNot: Bool, at offset: Int) throws(CELError) -> Node {
        var node = operand
        for _ in 0..<signs { node = try make(isNot ? .not(node) : .negate(node), [node], at: offset) }
        return node
    }

    // MARK: members

    private mutating func member(_ start: Node) throws(CELError) -> Node {
        var node = start
        while true {
            let offset = token.offset
            if take("[") {
                let index = try expression()
                try expect("]")
                node = try make(.index(node, index), [node, index], at: offset)
            } else if take(".") {
                node = try selection(of: node)
            } else {
                return node
            }
        }
    }

    private mutating func selection(of operand: Node) throws(CELError) -> Node {
        let offset = token.offset
        if case .quotedIdentifier(let name) = token.kind {
            position += 1
            return try make(.select(operand, field: name, isTest: false), [operand], at: offset)
        }
        guard case .identifier(let name) = token.kind else { throw unexpected("a field name") }
        position += 1
        guard take("(") else {
            return try make(.select(operand, field: name, isTest: false), [operand], at: offset)
        }
        let arguments = try list(until: ")")
        if let macro = try comprehension(name, operand, arguments, at: offset) { return macro }
        guard Functions.isMethod(name, arguments.count) else {
            throw CELError("undeclared reference to '\(name)' with \(arguments.count) arguments", offset: offset)
        }
        return try make(
            .call(name: name, target: operand, arguments: arguments), [operand] + arguments, at: offset)
    }

    private func comprehension(
        _ name: String, _ range: Node, _ arguments: [Node], at offset: Int
    ) throws(CELError) -> Node? {
        let spelled = name == "existsOne" ? "exists_one" : name
        guard let kind = Comprehension(rawValue: spelled),
            arguments.count == 2 || (kind == .map && arguments.count == 3)
        else { return nil }
        guard case .variable(let variable) = arguments[0].expression else {
            throw CELError("argument of \(name) must be a simple name", offset: arguments[0].offset)
        }
        let bodies = Array(arguments.dropFirst())
        return try make(
            .comprehension(kind, range: range, variable: variable, bodies: bodies), [range] + bodies, at: offset)
    }

    private mutating func list(until end: String) throws(CELError) -> [Node] {
        var nodes: [Node] = []
        if take(end) { return nodes }
        repeat {
            if end == "]", isSymbol("]") { break }
            nodes.append(try expression())
        } while take(",")
        try expect(end)
        return nodes
    }

    // MARK: primaries

    private mutating func primary() throws(CELError) -> Node {
        let offset = token.offset
        let kind = token.kind
        switch kind {
        case .int, .uint, .double, .string, .bytes:
            position += 1
            return try make(.literal(try literal(kind, at: offset)), [], at: offset)
        case .identifier(let name):
            position += 1
            return try named(name, at: offset)
        case .symbol("."):
            position += 1
            guard case .identifier(let name) = token.kind else { throw unexpected("a name") }
            position += 1
            return try named(name, at: offset)
        case .symbol("("):
            position += 1
            let node = try expression()
            try expect(")")
            return node
        case .symbol("["):
            position += 1
            let elements = try list(until: "]")
            return try make(.list(elements), elements, at: offset)
        case .symbol("{"):
            position += 1
            return try map(at: offset)
        default: throw unexpected("an expression")
        }
    }

    private func literal(_ kind: Token.Kind, at offset: Int) throws(CELError) -> CELValue {
        switch kind {
        case .int(let value):
            guard let int = Int64(exactly: value) else { throw CELError("invalid int literal", offset: offset) }
            return .int(int)
        case .uint(let value): return .uint(value)
        case .double(let value): return .double(value)
        case .string(let value): return .string(value)
        case .bytes(let value): return .bytes(value)
        default: return .null
        }
    }

    private static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "in", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    private mutating func named(_ name: String, at offset: Int) throws(CELError) -> Node {
        switch name {
        case "true", "false": return try make(.literal(.bool(name == "true")), [], at: offset)
        case "null": return try make(.literal(.null), [], at: offset)
        default: break
        }
        guard !Self.reserved.contains(name) else {
            throw CELError("syntax error: '\(name)' is a reserved word", offset: offset)
        }
        guard take("(") else {
            if let type = Functions.typeNames[name] { return try make(.literal(.type(type)), [], at: offset) }
            return try make(.variable(name), [], at: offset)
        }
        let arguments = try list(until: ")")
        if name == "has" { return try presence(arguments, at: offset) }
        guard Functions.isFunction(name, arguments.count) else {
            throw CELError("undeclared reference to '\(name)' with \(arguments.count) arguments", offset: offset)
        }
        return try make(.call(name: name, target: nil, arguments: arguments), arguments, at: offset)
    }

    private func presence(_ arguments: [Node], at offset: Int) throws(CELError) -> Node {
        guard arguments.count == 1, case .select(let operand, let field, false) = arguments[0].expression else {
            throw CELError("invalid argument to has() macro: it takes a field selection such as a.b", offset: offset)
        }
        return try make(.select(operand, field: field, isTest: true), [operand], at: offset)
    }

    private mutating func map(at offset: Int) throws(CELError) -> Node {
        var entries: [(Node, Node)] = []
        while !isSymbol("}") {
            let key = try expression()
            try expect(":")
            entries.append((key, try expression()))
            guard take(",") else { break }
        }
        try expect("}")
        return try make(.map(entries), entries.flatMap { [$0.0, $0.1] }, at: offset)
    }
}
