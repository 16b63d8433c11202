package import JSON

/// Why a selector cannot be used.
package struct SelectorError: Error, CustomStringConvertible, Equatable {
    /// What is wrong.
    package var problem: String
    /// An error for `problem`.
    package init(_ problem: String) { self.problem = problem }
    package var description: String { problem }
}

/// Demands on labels, all of which must be met; an empty selector selects everything. Source: metav1.LabelSelector.
package struct LabelSelector: Sendable, Hashable, CustomStringConvertible {
    /// The demands, `matchLabels` first.
    package var requirements: [LabelRequirement]

    /// A selector of the given demands.
    package init(requirements: [LabelRequirement] = []) { self.requirements = requirements }

    /// A selector of objects that carry all the given labels.
    package init(matchLabels: [String: String]) {
        requirements = matchLabels.sorted { $0.key < $1.key }
            .map { LabelRequirement(key: $0.key, comparison: .isIn, values: [$0.value]) }
    }

    /// Reads `matchLabels` and `matchExpressions`. Throws ``SelectorError`` for an unknown operator or bad values.
    package init(json: JSONView) throws(SelectorError) {
        requirements = StringMap(json: json["matchLabels"]).pairs
            .map { LabelRequirement(key: $0.0, comparison: .isIn, values: [$0.1]) }
        for expression in json["matchExpressions"]?.elements.map({ $0 }) ?? [] {
            let text = expression["operator"]?.string ?? ""
            guard let comparison = LabelRequirement.Operator(rawValue: text) else {
                throw SelectorError("\"\(text)\" is not a valid label selector operator")
            }
            requirements.append(
                LabelRequirement(
                    key: expression["key"]?.string ?? "", comparison: comparison,
                    values: expression["values"]?.elements.compactMap(\.string) ?? []))
        }
        for requirement in requirements {
            if let problem = requirement.problem { throw SelectorError(problem) }
        }
    }

    /// Whether every object matches.
    package var isEmpty: Bool { requirements.isEmpty }

    /// Whether labels meet all demands.
    package func matches(_ labels: StringMap) -> Bool {
        requirements.allSatisfy { $0.matches(labels[$0.key]) }
    }

    /// Whether labels meet all demands.
    package func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { $0.matches(labels[$0.key]) }
    }

    /// The selector as a query string.
    package var description: String { requirements.map(\.description).joined(separator: ",") }

    /// The selector as JSON: every demand as an expression, or as a label where it is an equality.
    package var value: JSONValue {
        var labels: [(String, JSONValue)] = []
        var expressions: [JSONValue] = []
        for requirement in requirements {
            if requirement.comparison == .isIn, requirement.values.count == 1 {
                labels.append((requirement.key, JSONValue(requirement.values[0])))
            } else {
                expressions.append([
                    "key": JSONValue(requirement.key), "operator": JSONValue(requirement.comparison.rawValue),
                    "values": JSONValue(requirement.values.map { JSONValue($0) }),
                ])
            }
        }
        var fields: [(String, JSONValue)] = []
        if !labels.isEmpty { fields.append(("matchLabels", .object(labels))) }
        if !expressions.isEmpty { fields.append(("matchExpressions", JSONValue(expressions))) }
        return .object(fields)
    }
}
