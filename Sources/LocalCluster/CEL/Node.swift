/// A part of an expression with its place in the source.
struct Node: Sendable {
    var expression: Expression
    /// Characters from the start of the source.
    var offset: Int
    /// Levels of the deepest part, from 1.
    var depth: Int
}

indirect enum Expression: Sendable {
    case literal(CELValue)
    case variable(String)
    /// A field; with `isTest` whether it is there.
    case select(Node, field: String, isTest: Bool)
    case index(Node, Node)
    case call(name: String, target: Node?, arguments: [Node])
    case list([Node])
    case map([(Node, Node)])
    case not(Node)
    case negate(Node)
    case conditional(Node, Node, Node)
    case and([Node])
    case or([Node])
    case binary(BinaryOperator, Node, Node)
    case comprehension(Comprehension, range: Node, variable: String, bodies: [Node])
}

enum BinaryOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="
    case isIn = "in"

    /// How tightly it binds, above `||` (1) and `&&` (2).
    var precedence: Int {
        switch self {
        case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual, .isIn: 3
        case .add, .subtract: 4
        case .multiply, .divide, .remainder: 5
        }
    }
}

/// The macros over lists and maps.
enum Comprehension: String, Sendable {
    case all
    case exists
    case existsOne = "exists_one"
    case map
    case filter
}
