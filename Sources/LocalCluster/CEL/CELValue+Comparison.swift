internal import JSON

extension CELValue: Equatable {
    /// Equality as CEL defines it: numbers by value whatever their type, values of different types differ.
    package static func == (left: CELValue, right: CELValue) -> Bool {
        var budget = Int.max
        return left.equals(right, budget: &budget)
    }

    /// As `==`, and takes one unit from `budget` for each value and each ten bytes that it looks at; below zero it gives up.
    func equals(_ right: CELValue, budget: inout Int) -> Bool {
        let left = self
        budget -= 1
        if budget < 0 { return false }
        if let order = Self.numericOrder(left, right) { return order == 0 }
        switch (left, right) {
        case (.null, .null): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.string(let a), .string(let b)), (.type(let a), .type(let b)):
            budget -= min(a.utf8.count, b.utf8.count) / 10
            return a.utf8.elementsEqual(b.utf8)
        case (.bytes(let a), .bytes(let b)): return a == b
        default: break
        }
        if let a = left.elements, let b = right.elements {
            return a.count == b.count && zip(a, b).allSatisfy { $0.equals($1, budget: &budget) }
        }
        guard let a = left.entries, right.entries != nil, left.size == right.size else { return false }
        return a.allSatisfy { entry in
            budget -= (right.size ?? 0) / 20
            return right.entry(entry.key).map { entry.value.equals($0, budget: &budget) } ?? false
        }
    }

    /// The value at a key of a map; nil if it is not there.
    func entry(_ key: CELValue) -> CELValue? {
        if case .view(let json) = self {
            guard case .string(let name) = key else { return nil }
            return json[name].map { CELValue($0) }
        }
        return entries?.first { $0.key == key }?.value
    }

    /// -1, 0 or 1 for numbers, 2 if one is not a number; nil if a value is no number.
    static func numericOrder(_ left: CELValue, _ right: CELValue) -> Int? {
        switch (left, right) {
        case (.int(let a), .int(let b)): return order(a, b)
        case (.uint(let a), .uint(let b)): return order(a, b)
        case (.double(let a), .double(let b)): return a.isNaN || b.isNaN ? 2 : order(a, b)
        case (.int(let a), .uint(let b)): return a < 0 ? -1 : order(UInt64(a), b)
        case (.uint, .int), (.double, .int), (.double, .uint):
            return numericOrder(right, left).map { $0 == 2 ? 2 : -$0 }
        case (.int(let a), .double(let b)): return mixedOrder(b, Double(a)) { Int64(exactly: $0).map { order(a, $0) } }
        case (.uint(let a), .double(let b)):
            return mixedOrder(b, Double(a)) { UInt64(exactly: $0).map { order(a, $0) } }
        default: return nil
        }
    }

    /// Compares an integer with a double: exactly where the double is a whole number in range, else as doubles.
    private static func mixedOrder(_ double: Double, _ approximation: Double, exact: (Double) -> Int?) -> Int {
        if double.isNaN { return 2 }
        return exact(double) ?? order(approximation, double)
    }

    private static func order<Value: Comparable>(_ a: Value, _ b: Value) -> Int {
        a < b ? -1 : (a == b ? 0 : 1)
    }

    /// The order of two values that have one; nil otherwise. 2 means that no comparison holds.
    static func order(_ left: CELValue, _ right: CELValue) -> Int? {
        if let order = numericOrder(left, right) { return order }
        switch (left, right) {
        case (.bool(let a), .bool(let b)): return order(a ? 1 : 0, b ? 1 : 0)
        case (.string(let a), .string(let b)): return byteOrder(Array(a.utf8), Array(b.utf8))
        case (.bytes(let a), .bytes(let b)): return byteOrder(a, b)
        default: return nil
        }
    }

    private static func byteOrder(_ a: [UInt8], _ b: [UInt8]) -> Int {
        if a == b { return 0 }
        return a.lexicographicallyPrecedes(b) ? -1 : 1
    }
}
