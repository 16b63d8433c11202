/// The operators on values.
enum Operators {
    static func negate(_ value: CELValue, at offset: Int) throws(CELError) -> CELValue {
        switch value {
        case .int(let int):
            guard int != .min else { throw CELError("integer overflow", offset: offset) }
            return .int(-int)
        case .double(let double): return .double(-double)
        default: throw .noOverload("-_", [value], at: offset)
        }
    }

    /// What an operation costs beyond one unit: a tenth of what it looks through.
    static func cost(_ operation: BinaryOperator, _ left: CELValue, _ right: CELValue) -> Int {
        switch operation {
        case .less, .lessOrEqual, .greater, .greaterOrEqual: min(weight(left), weight(right)) / 10
        case .add: (weight(left) + weight(right)) / 10
        default: 0
        }
    }

    /// How much there is to look through: bytes, or elements and the bytes of their texts. Lists within lists count one,
    /// for they can be the same list many times.
    static func weight(_ value: CELValue) -> Int {
        switch value {
        case .string(let string): string.utf8.count
        case .list(let elements): elements.reduce(elements.count) { $0 + ($1.string?.utf8.count ?? 0) }
        default: value.size ?? 1
        }
    }

    static func apply(
        _ operation: BinaryOperator, _ left: CELValue, _ right: CELValue, budget: inout Int, at offset: Int
    ) throws(CELError) -> CELValue {
        switch operation {
        case .equal: return .bool(left.equals(right, budget: &budget))
        case .notEqual: return .bool(!left.equals(right, budget: &budget))
        case .isIn: return try contains(right, left, budget: &budget, at: offset)
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard let order = CELValue.order(left, right) else {
                throw .noOverload("_\(operation.rawValue)_", [left, right], at: offset)
            }
            return .bool(compare(operation, order))
        case .add, .subtract, .multiply, .divide, .remainder:
            return try arithmetic(operation, left, right, at: offset)
        }
    }

    private static func compare(_ operation: BinaryOperator, _ order: Int) -> Bool {
        if order == 2 { return false }
        switch operation {
        case .less: return order < 0
        case .lessOrEqual: return order <= 0
        case .greater: return order > 0
        default: return order >= 0
        }
    }

    private static func contains(
        _ whole: CELValue, _ part: CELValue, budget: inout Int, at offset: Int
    ) throws(CELError) -> CELValue {
        if let elements = whole.elements { return .bool(elements.contains { $0.equals(part, budget: &budget) }) }
        guard whole.typeName == "map" else { throw .noOverload("_in_", [part, whole], at: offset) }
        budget -= (whole.size ?? 0) / 20
        return .bool(whole.entry(part) != nil)
    }

    static func arithmetic(
        _ operation: BinaryOperator, _ left: CELValue, _ right: CELValue, at offset: Int
    ) throws(CELError) -> CELValue {
        switch (left, right) {
        case (.int(let a), .int(let b)): return .int(try integer(operation, a, b, at: offset))
        case (.uint(let a), .uint(let b)): return .uint(try integer(operation, a, b, at: offset))
        case (.double(let a), .double(let b)):
            switch operation {
            case .add: return .double(a + b)
            case .subtract: return .double(a - b)
            case .multiply: return .double(a * b)
            case .divide: return .double(a / b)
            default: break
            }
        case (.string(let a), .string(let b)) where operation == .add: return .string(a + b)
        case (.bytes(let a), .bytes(let b)) where operation == .add: return .bytes(a + b)
        default:
            if operation == .add, let a = left.elements, let b = right.elements { return .list(a + b) }
        }
        throw .noOverload("_\(operation.rawValue)_", [left, right], at: offset)
    }

    private static func integer<Value: FixedWidthInteger>(
        _ operation: BinaryOperator, _ a: Value, _ b: Value, at offset: Int
    ) throws(CELError) -> Value {
        let result: (partialValue: Value, overflow: Bool)
        switch operation {
        case .add: result = a.addingReportingOverflow(b)
        case .subtract: result = a.subtractingReportingOverflow(b)
        case .multiply: result = a.multipliedReportingOverflow(by: b)
        case .divide:
            guard b != 0 else { throw CELError("divide by zero", offset: offset) }
            result = a.dividedReportingOverflow(by: b)
        default:
            guard b != 0 else { throw CELError("modulus by zero", offset: offset) }
            result = a.remainderReportingOverflow(dividingBy: b)
        }
        guard !result.overflow else { throw CELError("integer overflow", offset: offset) }
        return result.partialValue
    }
}
