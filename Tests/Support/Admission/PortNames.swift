import JSON

/// Numbers that the specification leaves open: `{http}` in an expectation stands for one that is the same everywhere.
package struct PortNames {
    /// The names with the range of each.
    private let ranges: [String: ClosedRange<Int>]
    /// The number of each name that was found.
    private var numbers: [String: Int] = [:]

    /// No number is known yet.
    package init(_ ranges: [String: ClosedRange<Int>]) { self.ranges = ranges }

    /// `expected` with the numbers that `actual` has where a name stands alone. Problems: names that were not found, are
    /// out of their range, or share a number.
    package mutating func resolve(_ expected: JSONValue, in actual: JSONValue) -> (JSONValue, problems: [String]) {
        find(expected, in: actual)
        var problems = ranges.keys.sorted().compactMap { name -> String? in
            guard let number = numbers[name] else { return "{\(name)} stands nowhere for a number" }
            return ranges[name]?.contains(number) == true ? nil : "{\(name)} is \(number), out of its range"
        }
        if Set(numbers.values).count < numbers.count { problems.append("two ports share a number: \(numbers)") }
        return (filled(expected), problems)
    }

    private mutating func find(_ expected: JSONValue, in actual: JSONValue) {
        if let name = name(expected), numbers[name] == nil, let number = actual.int {
            numbers[name] = number
        }
        for (key, value) in expected.members ?? [] { find(value, in: actual[key] ?? nil) }
        let elements = expected.array ?? []
        for (index, value) in elements.enumerated() { find(value, in: actual[index] ?? nil) }
    }

    /// The name that is all of the text.
    private func name(_ value: JSONValue) -> String? {
        guard let text = value.string, text.hasPrefix("{"), text.hasSuffix("}") else { return nil }
        let name = String(text.dropFirst().dropLast())
        return ranges[name] == nil ? nil : name
    }

    /// Members such as `containerPort` and `port` are numbers, all others texts.
    private func filled(_ value: JSONValue, key: String = "") -> JSONValue {
        if let members = value.members {
            return .object(members.map { ($0.key, filled($0.value, key: $0.key)) })
        }
        if let elements = value.array { return JSONValue(elements.map { filled($0) }) }
        if key == "port" || key.hasSuffix("Port"), let name = name(value), let number = numbers[name] {
            return JSONValue(number)
        }
        guard var text = value.string, text.contains("{") else { return value }
        for (name, number) in numbers {
            text = text.split(separator: "{\(name)}", omittingEmptySubsequences: false)
                .joined(separator: String(number))
        }
        return JSONValue(text)
    }
}
