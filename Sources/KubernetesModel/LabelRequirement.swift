/// One demand on the labels of an object.
package struct LabelRequirement: Sendable, Hashable, CustomStringConvertible {
    /// How the label is compared.
    package enum Operator: String, Sendable {
        /// The label has one of the values.
        case isIn = "In"
        /// The label is absent or has none of the values.
        case notIn = "NotIn"
        /// The label is there.
        case exists = "Exists"
        /// The label is absent.
        case doesNotExist = "DoesNotExist"
        /// The label is a whole number greater than the value (node selectors, query strings).
        case greaterThan = "Gt"
        /// The label is a whole number less than the value (node selectors, query strings).
        case lessThan = "Lt"
    }

    /// The label's name.
    package var key: String
    /// How it is compared.
    package var comparison: Operator
    /// The values; one for greater and less than, none for existence.
    package var values: [String]

    /// A demand from its parts.
    package init(key: String, comparison: Operator, values: [String] = []) {
        self.key = key
        self.comparison = comparison
        self.values = values
    }

    /// Whether a label of the given value (nil: absent) meets the demand.
    package func matches(_ value: String?) -> Bool {
        switch comparison {
        case .isIn: value.map(values.contains) ?? false
        case .notIn: !(value.map(values.contains) ?? false)
        case .exists: value != nil
        case .doesNotExist: value == nil
        case .greaterThan: compare(value, >)
        case .lessThan: compare(value, <)
        }
    }

    private func compare(_ value: String?, _ order: (Int64, Int64) -> Bool) -> Bool {
        guard let value, let number = Int64(value), let bound = values.first.flatMap({ Int64($0) }) else {
            return false
        }
        return order(number, bound)
    }

    /// Why the demand cannot be; nil if it is well formed.
    package var problem: String? {
        if let problem = NameValidation.qualifiedNameProblem(key) { return "key \"\(key)\": \(problem)" }
        switch comparison {
        case .isIn, .notIn:
            if values.isEmpty { return "values of \"\(key)\" must not be empty for the operators In and NotIn" }
        case .exists, .doesNotExist:
            if !values.isEmpty { return "values of \"\(key)\" must be empty for Exists and DoesNotExist" }
        case .greaterThan, .lessThan:
            guard values.count == 1, Int64(values[0]) != nil else {
                return "values of \"\(key)\" must be one whole number for Gt and Lt"
            }
        }
        for value in values {
            if let problem = NameValidation.labelValueProblem(value) { return "value \"\(value)\": \(problem)" }
        }
        return nil
    }

    /// The demand as it stands in a query string.
    package var description: String {
        switch comparison {
        case .isIn where values.count == 1: "\(key)=\(values[0])"
        case .isIn: "\(key) in (\(values.sorted().joined(separator: ",")))"
        case .notIn where values.count == 1: "\(key)!=\(values[0])"
        case .notIn: "\(key) notin (\(values.sorted().joined(separator: ",")))"
        case .exists: key
        case .doesNotExist: "!\(key)"
        case .greaterThan: "\(key)>\(values.first ?? "")"
        case .lessThan: "\(key)<\(values.first ?? "")"
        }
    }
}
