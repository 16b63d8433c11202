/// The functions and methods that expressions can call. Source: cel-spec, and Kubernetes' CEL libraries for strings,
/// lists and regular expressions.
enum Functions {
    static let typeNames: [String: String] = [
        "bool": "bool", "int": "int", "uint": "uint", "double": "double", "string": "string", "bytes": "bytes",
        "list": "list", "map": "map", "null_type": "null_type", "type": "type",
    ]

    /// Functions with the numbers of their arguments.
    private static let functions: [String: ClosedRange<Int>] = [
        "size": 1...1, "int": 1...1, "uint": 1...1, "double": 1...1, "string": 1...1, "bool": 1...1, "bytes": 1...1,
        "type": 1...1, "dyn": 1...1, "matches": 2...2,
    ]

    /// Methods with the numbers of their arguments, not counting the value that they are called on.
    private static let methods: [String: ClosedRange<Int>] = [
        "size": 0...0, "startsWith": 1...1, "endsWith": 1...1, "contains": 1...1, "matches": 1...1, "find": 1...1,
        "findAll": 1...2, "charAt": 1...1, "indexOf": 1...2, "lastIndexOf": 1...2, "lowerAscii": 0...0,
        "upperAscii": 0...0, "replace": 2...3, "split": 1...2, "substring": 1...2, "trim": 0...0, "join": 0...1,
        "isSorted": 0...0, "sum": 0...0, "min": 0...0, "max": 0...0,
    ]

    static func isFunction(_ name: String, _ count: Int) -> Bool { functions[name]?.contains(count) ?? false }
    static func isMethod(_ name: String, _ count: Int) -> Bool { methods[name]?.contains(count) ?? false }

    /// What a call costs beyond one unit: a tenth of what it looks through and of what it can make; searches, which
    /// compare at every place, times what they look for.
    static func cost(_ name: String, _ values: [CELValue]) -> Int {
        switch name {
        case "type", "dyn": return 0
        case "size": return (values[0].string?.utf8.count ?? 0) / 10
        default: break
        }
        let weights = values.map(Operators.weight)
        let first = weights[0]
        let second = weights.count > 1 ? weights[1] : 0
        let search = first / 10 * max(1, second / 10)
        switch name {
        case "matches", "find", "findAll":
            let size = values.count > 1 ? values[1].string.flatMap { RegularExpression($0)?.size } ?? second : 0
            return second / 10 + size / 4 + first / 10 * max(1, size / 4)
        case "contains", "indexOf", "lastIndexOf", "split": return search
        case "replace": return search + (first + 1) * (weights.count > 2 ? weights[2] : 0) / 10
        case "join": return first / 10 + first * second / 10
        default: return weights.reduce(0, +) / 10
        }
    }

    static func call(
        _ name: String, _ values: [CELValue], budget: inout Int, at offset: Int
    ) throws(CELError) -> CELValue {
        let first = values[0]
        switch name {
        case "size":
            guard let size = first.size else { throw .noOverload(name, values, at: offset) }
            return .int(Int64(size))
        case "int": return .int(try Conversion.integer(first, name, at: offset))
        case "uint": return .uint(try Conversion.integer(first, name, at: offset))
        case "double": return try Conversion.double(first, at: offset)
        case "string": return try Conversion.string(first, at: offset)
        case "bool": return try Conversion.bool(first, at: offset)
        case "bytes": return try Conversion.bytes(first, at: offset)
        case "type": return .type(first.typeName)
        case "dyn": return first
        default: break
        }
        if case .string(let text) = first, let result = try TextFunctions.call(name, text, values, at: offset) {
            return result
        }
        if let elements = first.elements,
            let result = try ListFunctions.call(
                name, elements, values, budget: &budget, at: offset)
        {
            return result
        }
        throw .noOverload(name, values, at: offset)
    }
}
