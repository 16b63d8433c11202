internal import JSON

/// Computes the value of an expression and counts what it costs.
struct Evaluator {
    var variables: [String: CELValue]
    private(set) var remaining: Int

    init(variables: [String: CELValue], costLimit: Int) {
        self.variables = variables
        remaining = costLimit
    }

    mutating func charge(_ cost: Int, at offset: Int) throws(CELError) {
        remaining -= cost
        if remaining < 0 { throw .beyondCostLimit(at: offset) }
    }

    /// Whether the limit is reached: an error that nothing absorbs.
    private var isExhausted: Bool { remaining < 0 }

    mutating func value(of node: Node) throws(CELError) -> CELValue {
        try charge(1, at: node.offset)
        switch node.expression {
        case .literal(let value): return value
        case .variable(let name):
            guard let value = variables[name] else {
                throw CELError("no such attribute: \(name)", offset: node.offset)
            }
            return value
        case .select(let operand, let field, let isTest):
            return try found(
                in: try value(of: operand), at: node.offset
            ) { whole throws(CELError) in try Self.select(whole, field, isTest: isTest, at: node.offset) }
        case .index(let operand, let index):
            let (whole, index) = (try value(of: operand), try value(of: index))
            return try found(in: whole, at: node.offset) { whole throws(CELError) in
                try Self.element(whole, index, at: node.offset)
            }
        case .list(let nodes):
            var elements: [CELValue] = []
            for part in nodes { elements.append(try value(of: part)) }
            return .list(elements)
        case .map(let entries): return try map(entries)
        case .not(let operand):
            let found = try value(of: operand)
            guard case .bool(let bool) = found else { throw .noOverload("!_", [found], at: node.offset) }
            return .bool(!bool)
        case .negate(let operand): return try Operators.negate(try value(of: operand), at: node.offset)
        case .conditional(let condition, let yes, let no):
            let found = try value(of: condition)
            guard case .bool(let bool) = found else { throw .noOverload("_?_:_", [found], at: node.offset) }
            return try value(of: bool ? yes : no)
        case .and(let nodes): return .bool(try logical(nodes, absorbing: false))
        case .or(let nodes): return .bool(try logical(nodes, absorbing: true))
        case .binary(let operation, let left, let right):
            let pair = (try value(of: left), try value(of: right))
            try charge(Operators.cost(operation, pair.0, pair.1), at: node.offset)
            let result = try Operators.apply(operation, pair.0, pair.1, budget: &remaining, at: node.offset)
            try charge(0, at: node.offset)
            return result
        case .call(let name, let target, let arguments): return try call(name, target, arguments, at: node.offset)
        case .comprehension(let kind, let range, let name, let bodies):
            return try comprehension(kind, try value(of: range), name, bodies, at: node.offset)
        }
    }

    /// `&&` and `||` over any number of operands: one that decides the outcome does so whatever errors others have.
    private mutating func logical(_ nodes: [Node], absorbing: Bool) throws(CELError) -> Bool {
        var problem: CELError?
        for node in nodes {
            do throws(CELError) {
                if try condition(node) == absorbing { return absorbing }
            } catch {
                if isExhausted { throw error }
                problem = problem ?? error
            }
        }
        if let problem { throw problem }
        return !absorbing
    }

    private mutating func condition(_ node: Node) throws(CELError) -> Bool {
        let found = try value(of: node)
        guard case .bool(let bool) = found else { throw .noOverload("logical", [found], at: node.offset) }
        return bool
    }

    private mutating func map(_ nodes: [(Node, Node)]) throws(CELError) -> CELValue {
        var entries: [CELValue.Entry] = []
        for (keyNode, valueNode) in nodes {
            let key = try value(of: keyNode)
            switch key {
            case .bool, .int, .uint, .string: break
            default: throw CELError("unsupported key type: \(key.typeName)", offset: keyNode.offset)
            }
            guard !entries.contains(where: { $0.key == key }) else {
                throw CELError(
                    "insert failed: key \(Conversion.text(key) ?? "") already exists", offset: keyNode.offset)
            }
            entries.append(.init(key: key, value: try value(of: valueNode)))
            try charge(entries.count / 10, at: keyNode.offset)
        }
        return .map(entries)
    }

    /// A part of a value, charged with walking there and with reading a long text.
    private mutating func found(
        in whole: CELValue, at offset: Int, _ find: (CELValue) throws(CELError) -> CELValue
    ) throws(CELError) -> CELValue {
        try charge((whole.string == nil ? whole.size ?? 0 : 0) / 20, at: offset)
        let part = try find(whole)
        try charge((part.string?.utf8.count ?? 0) / 100, at: offset)
        return part
    }

    private static func select(
        _ operand: CELValue, _ field: String, isTest: Bool, at offset: Int
    ) throws(CELError) -> CELValue {
        guard operand.typeName == "map" else {
            throw CELError("no such overload: field '\(field)' of \(operand.typeName)", offset: offset)
        }
        let found = operand.entry(.string(field)) ?? Escaping.plain(field).flatMap { operand.entry(.string($0)) }
        if isTest { return .bool(found != nil) }
        guard let found else { throw CELError("no such key: \(field)", offset: offset) }
        return found
    }

    private static func element(_ operand: CELValue, _ index: CELValue, at offset: Int) throws(CELError) -> CELValue {
        if operand.typeName == "map" {
            guard let found = operand.entry(index) else {
                throw CELError("no such key: \(Conversion.text(index) ?? index.typeName)", offset: offset)
            }
            return found
        }
        guard operand.typeName == "list", let place = Conversion.exactInt(index) else {
            throw .noOverload("_[_]", [operand, index], at: offset)
        }
        let count = operand.size ?? 0
        guard place >= 0, place < Int64(count) else {
            throw CELError("index out of bounds: \(place)", offset: offset)
        }
        switch operand {
        case .list(let elements): return elements[Int(place)]
        case .view(let json): return json[Int(place)].map { CELValue($0) } ?? .null
        default: return .null
        }
    }

    private mutating func call(
        _ name: String, _ target: Node?, _ arguments: [Node], at offset: Int
    ) throws(CELError) -> CELValue {
        var values: [CELValue] = []
        if let target { values.append(try value(of: target)) }
        for argument in arguments { values.append(try value(of: argument)) }
        try charge(Functions.cost(name, values), at: offset)
        let result = try Functions.call(name, values, budget: &remaining, at: offset)
        try charge(0, at: offset)
        return result
    }

    // MARK: macros

    private mutating func comprehension(
        _ kind: Comprehension, _ range: CELValue, _ name: String, _ bodies: [Node], at offset: Int
    ) throws(CELError) -> CELValue {
        guard let items = range.elements ?? range.entries?.map(\.key) else {
            throw CELError("expression of type '\(range.typeName)' cannot be range of a comprehension", offset: offset)
        }
        try charge(items.count, at: offset)
        let outer = variables[name]
        defer { variables[name] = outer }
        switch kind {
        case .all, .exists:
            return .bool(try quantified(items, name, bodies[0], absorbing: kind == .exists))
        case .existsOne:
            var count = 0
            for item in items {
                variables[name] = item
                if try condition(bodies[0]) { count += 1 }
            }
            return .bool(count == 1)
        case .filter, .map:
            var result: [CELValue] = []
            for item in items {
                variables[name] = item
                if kind == .filter || bodies.count == 2, !(try condition(bodies[0])) { continue }
                result.append(kind == .filter ? item : try value(of: bodies[bodies.count - 1]))
            }
            return .list(result)
        }
    }

    private mutating func quantified(
        _ items: [CELValue], _ name: String, _ body: Node, absorbing: Bool
    ) throws(CELError) -> Bool {
        var problem: CELError?
        for item in items {
            variables[name] = item
            do throws(CELError) {
                if try condition(body) == absorbing { return absorbing }
            } catch {
                if isExhausted { throw error }
                problem = problem ?? error
            }
        }
        if let problem { throw problem }
        return !absorbing
    }
}

/// Names of fields that are no identifiers, as Kubernetes writes them in rules: `x__dash__y` is `x-y`.
enum Escaping {
    /// The plain name; nil if nothing is escaped in it.
    static func plain(_ name: String) -> String? {
        guard name.contains("__") else { return nil }
        if name.hasPrefix("__"), name.hasSuffix("__"), !name.dropFirst(2).dropLast(2).contains("__") {
            return String(name.dropFirst(2).dropLast(2))
        }
        var text = name
        for (escape, plain) in [("__dot__", "."), ("__dash__", "-"), ("__slash__", "/"), ("__underscores__", "__")] {
            text = text.replacing(escape, with: plain)
        }
        guard text != name else { return nil }
        return text
    }
}
