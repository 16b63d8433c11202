import JSON

/// The part of JSONPath that printer columns use: `.a.b`, `['a.b']`, `[0]`, `[-1:]`, `[*]`, `[?(@.type=="Ready")]`.
struct ColumnPath: Sendable, Equatable {
    private enum Step: Sendable, Equatable {
        case member(String)
        case element(Int)
        case slice(from: Int?, to: Int?)
        case all
        case filter(path: [String], equals: String)
    }

    private var steps: [Step] = []

    /// What is not understood ends the path there.
    init(_ text: String) {
        var rest = Substring(text)
        if rest.hasPrefix("$") { rest.removeFirst() }
        while let first = rest.first {
            if first == "." {
                rest.removeFirst()
                let name = Self.takeName(&rest)
                guard !name.isEmpty else { continue }
                steps.append(name == "*" ? .all : .member(name))
            } else if first == "[", let end = Self.closingBracket(rest) {
                let inner = rest[rest.index(after: rest.startIndex)..<end]
                rest = rest[rest.index(after: end)...]
                guard let step = Self.bracketStep(inner) else { return }
                steps.append(step)
            } else {
                let name = Self.takeName(&rest)
                guard !name.isEmpty else { return }
                steps.append(.member(name))
            }
        }
    }

    private static func takeName(_ rest: inout Substring) -> String {
        var name = ""
        while let next = rest.first, next != ".", next != "[" {
            rest.removeFirst()
            if next == "\\", let escaped = rest.popFirst() { name.append(escaped) } else { name.append(next) }
        }
        return name
    }

    private static func closingBracket(_ text: Substring) -> Substring.Index? {
        var quote: Character?
        var depth = 0
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "[" {
                depth += 1
            } else if character == "]" {
                depth -= 1
                if depth == 0 { return index }
            }
        }
        return nil
    }

    private static func bracketStep(_ inner: Substring) -> Step? {
        if inner == "*" { return .all }
        if let number = Int(inner) { return .element(number) }
        if let slice = slice(inner) { return slice }
        if let quote = inner.first, quote == "'" || quote == "\"" {
            return .member(String(inner.dropFirst().dropLast()))
        }
        guard inner.hasPrefix("?("), inner.hasSuffix(")"), let equals = inner.firstRange(of: "==") else { return nil }
        let left = trimmed(inner[inner.index(inner.startIndex, offsetBy: 2)..<equals.lowerBound])
        let right = trimmed(inner[equals.upperBound..<inner.index(before: inner.endIndex)])
        guard left.hasPrefix("@.") else { return nil }
        return .filter(
            path: left.dropFirst(2).split(separator: ".").map(String.init),
            equals: right.filter { $0 != "\"" && $0 != "'" })
    }

    /// `from:to`, either end left out, negative ends counted from the end. Source: k8s.io/client-go util/jsonpath.
    private static func slice(_ inner: Substring) -> Step? {
        let ends = inner.split(separator: ":", omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy({ $0.isEmpty || Int($0) != nil }) else { return nil }
        return .slice(from: Int(ends[0]), to: Int(ends[1]))
    }

    private static func elements(of value: JSONView, from: Int?, to: Int?) -> [JSONView] {
        let count = value.count
        func place(_ end: Int) -> Int { min(max(end < 0 ? count + end : end, 0), count) }
        let (start, end) = (place(from ?? 0), place(to ?? count))
        return start < end ? Array(Array(value.elements)[start..<end]) : []
    }

    /// All values that the path leads to.
    func find(in value: JSONView) -> [JSONView] {
        var found = [value]
        for step in steps {
            found = found.flatMap { value -> [JSONView] in
                switch step {
                case .member(let name): value[name].map { [$0] } ?? []
                case .element(let index):
                    value[index < 0 ? value.count + index : index].map { [$0] } ?? []
                case .slice(let from, let to): Self.elements(of: value, from: from, to: to)
                case .all: value.kind == .object ? value.members.map(\.value) : Array(value.elements)
                case .filter(let path, let wanted):
                    value.elements.filter { ($0[path: path]?.string ?? $0[path: path]?.text) == wanted }
                }
            }
        }
        return found
    }
}
