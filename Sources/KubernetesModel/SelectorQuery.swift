/// A label selector as it stands in a query string: `a=b,c in (x,y),!d,e!=f,g>1`. Source: apimachinery labels.Parse.
package struct SelectorQuery: Sendable, Hashable, CustomStringConvertible {
    /// The demands, all of which must be met.
    package var selector: LabelSelector

    /// A query for the given selector.
    package init(_ selector: LabelSelector) { self.selector = selector }

    /// Reads a query string; an empty one selects everything. Throws ``SelectorError`` with the place of the problem.
    package init(parsing text: String) throws(SelectorError) {
        var parser = SelectorQueryParser(text)
        selector = LabelSelector(requirements: try parser.requirements())
    }

    /// Whether labels meet all demands.
    package func matches(_ labels: StringMap) -> Bool { selector.matches(labels) }
    /// Whether labels meet all demands.
    package func matches(_ labels: [String: String]) -> Bool { selector.matches(labels) }
    /// The query string.
    package var description: String { selector.description }
}

private struct SelectorQueryParser {
    private let text: String
    private let characters: [Character]
    private var position = 0

    init(_ text: String) {
        self.text = text
        characters = Array(text)
    }

    mutating func requirements() throws(SelectorError) -> [LabelRequirement] {
        var found: [LabelRequirement] = []
        skipSpaces()
        if position == characters.count { return [] }
        while true {
            let requirement = try self.requirement()
            if let problem = requirement.problem { throw SelectorError(problem) }
            found.append(requirement)
            skipSpaces()
            if position == characters.count { return found }
            guard take(",") else { throw unexpected("',' or the end") }
            skipSpaces()
        }
    }

    private mutating func requirement() throws(SelectorError) -> LabelRequirement {
        if take("!") {
            skipSpaces()
            return LabelRequirement(key: try word(), comparison: .doesNotExist)
        }
        let key = try word()
        skipSpaces()
        if position == characters.count || characters[position] == "," {
            return LabelRequirement(key: key, comparison: .exists)
        }
        if take("=") {
            _ = take("=")
            return LabelRequirement(key: key, comparison: .isIn, values: [value()])
        }
        if take("!") {
            guard take("=") else { throw unexpected("'!='") }
            return LabelRequirement(key: key, comparison: .notIn, values: [value()])
        }
        if take(">") { return LabelRequirement(key: key, comparison: .greaterThan, values: [value()]) }
        if take("<") { return LabelRequirement(key: key, comparison: .lessThan, values: [value()]) }
        let start = position
        switch try word() {
        case "in": return LabelRequirement(key: key, comparison: .isIn, values: try list())
        case "notin": return LabelRequirement(key: key, comparison: .notIn, values: try list())
        default:
            position = start
            throw unexpected("one of '=', '==', '!=', 'in', 'notin', '<', '>'")
        }
    }

    private mutating func list() throws(SelectorError) -> [String] {
        skipSpaces()
        guard take("(") else { throw unexpected("'('") }
        var values: [String] = []
        while true {
            values.append(value())
            skipSpaces()
            if take(")") { return values }
            guard take(",") else { throw unexpected("',' or ')'") }
        }
    }

    /// A value, which may be empty.
    private mutating func value() -> String {
        skipSpaces()
        return name()
    }

    private mutating func word() throws(SelectorError) -> String {
        let found = name()
        guard !found.isEmpty else { throw unexpected("a label name") }
        return found
    }

    private mutating func name() -> String {
        let start = position
        while position < characters.count, !" \t\n,=!<>()".contains(characters[position]) { position += 1 }
        return String(characters[start..<position])
    }

    private mutating func skipSpaces() {
        while position < characters.count, " \t\n".contains(characters[position]) { position += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        guard position < characters.count, characters[position] == character else { return false }
        position += 1
        return true
    }

    private func unexpected(_ expected: String) -> SelectorError {
        let found = position < characters.count ? "'\(characters[position])'" : "the end"
        return SelectorError(
            "unable to parse label selector \"\(text)\": found \(found) at character \(position + 1), expected \(expected)"
        )
    }
}
