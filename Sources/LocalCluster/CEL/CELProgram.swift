package import JSON

/// A compiled expression of the Common Expression Language.
///
/// All operators, the macros `has`, `all`, `exists`, `exists_one`, `map` and `filter`, conversions, and the string and list
/// functions of Kubernetes. Without optional values, timestamps, durations and protocol buffer messages. Types are checked
/// when a value is used. Source: https://github.com/google/cel-spec doc/langdef.md.
package struct CELProgram: Sendable {
    /// What an evaluation may cost, about one unit an operation, before it is broken off. As in Kubernetes.
    package static let defaultCostLimit = 1_000_000

    /// The source.
    package let source: String
    /// The names that the expression reads and does not bind itself.
    package let variables: Set<String>
    let root: Node

    /// Compiles `source`. Throws ``CELError`` with the column for a syntax error, an unknown function, or a name that is
    /// not in `declared` (nil allows any).
    package init(compiling source: String, declared: Set<String>? = nil) throws(CELError) {
        var parser = try Parser(source)
        root = try parser.program()
        self.source = source
        var names = FreeNames()
        names.visit(root)
        variables = Set(names.found.keys)
        guard let declared else { return }
        for (name, offset) in names.found.sorted(by: { $0.value < $1.value }) where !declared.contains(name) {
            throw CELError("undeclared reference to '\(name)'", offset: offset)
        }
    }

    /// The program of `source`, or why there is none.
    package static func compiled(_ source: String) -> Result<CELProgram, CELError> {
        Result { () throws(CELError) in try CELProgram(compiling: source) }
    }

    /// The value of the expression where its variables have the given values. Throws ``CELError``.
    package func evaluate(
        values: [String: CELValue], costLimit: Int = CELProgram.defaultCostLimit
    ) throws(CELError) -> CELValue {
        var budget = costLimit
        return try evaluate(values: values, budget: &budget)
    }

    /// As ``evaluate(values:costLimit:)``, and takes what it costs from `budget`, which several evaluations can share.
    package func evaluate(values: [String: CELValue], budget: inout Int) throws(CELError) -> CELValue {
        let limit = min(budget, Self.defaultCostLimit)
        var evaluator = Evaluator(variables: values, costLimit: limit)
        defer { budget -= limit - max(0, evaluator.remaining) }
        return try evaluator.value(of: root)
    }

    /// The value of the expression where its variables are parts of documents. Throws ``CELError``.
    package func evaluate(
        bindings: [String: JSONView], costLimit: Int = CELProgram.defaultCostLimit
    ) throws(CELError) -> CELValue {
        try evaluate(values: bindings.mapValues { CELValue($0) }, costLimit: costLimit)
    }
}

/// Finds the names that an expression does not bind itself, with the place of their first use.
private struct FreeNames {
    var found: [String: Int] = [:]
    private var bound: [String] = []

    init() {}

    mutating func visit(_ node: Node) {
        switch node.expression {
        case .literal: break
        case .variable(let name):
            if !bound.contains(name), found[name] == nil { found[name] = node.offset }
        case .select(let operand, _, _), .not(let operand), .negate(let operand): visit(operand)
        case .index(let left, let right), .binary(_, let left, let right):
            visit(left)
            visit(right)
        case .conditional(let condition, let yes, let no): [condition, yes, no].forEach { visit($0) }
        case .and(let nodes), .or(let nodes), .list(let nodes): nodes.forEach { visit($0) }
        case .map(let entries):
            for (key, value) in entries {
                visit(key)
                visit(value)
            }
        case .call(_, let target, let arguments):
            if let target { visit(target) }
            arguments.forEach { visit($0) }
        case .comprehension(_, let range, let name, let bodies):
            visit(range)
            bound.append(name)
            bodies.forEach { visit($0) }
            bound.removeLast()
        }
    }
}
