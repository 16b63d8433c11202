/// Methods of lists.
enum ListFunctions {
    /// The result; nil if the arguments do not fit.
    static func call(
        _ name: String, _ elements: [CELValue], _ values: [CELValue], budget: inout Int, at offset: Int
    ) throws(CELError) -> CELValue? {
        switch (name, values.count) {
        case ("isSorted", 1):
            for (left, right) in zip(elements, elements.dropFirst()) {
                guard let order = CELValue.order(left, right) else { return nil }
                if order > 0 { return .bool(false) }
            }
            return .bool(true)
        case ("sum", 1):
            guard elements.allSatisfy({ CELValue.numericOrder($0, .int(0)) != nil }) else { return nil }
            guard var total = elements.first else { return .int(0) }
            for element in elements.dropFirst() { total = try Operators.arithmetic(.add, total, element, at: offset) }
            return total
        case ("min", 1), ("max", 1):
            guard var best = elements.first else {
                throw CELError("\(name) called on empty list", offset: offset)
            }
            for element in elements.dropFirst() {
                guard let order = CELValue.order(element, best) else { return nil }
                if name == "min" ? order == -1 : order == 1 { best = element }
            }
            return best
        case ("indexOf", 2):
            return .int(Int64(elements.firstIndex { $0.equals(values[1], budget: &budget) } ?? -1))
        case ("lastIndexOf", 2):
            return .int(Int64(elements.lastIndex { $0.equals(values[1], budget: &budget) } ?? -1))
        case ("join", 1...2):
            let texts = elements.compactMap(\.string)
            guard texts.count == elements.count else { return nil }
            if values.count == 1 { return .string(texts.joined()) }
            return values[1].string.map { .string(texts.joined(separator: $0)) }
        default: return nil
        }
    }
}
