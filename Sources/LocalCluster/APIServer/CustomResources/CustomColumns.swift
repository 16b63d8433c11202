import JSON
import KubernetesModel

/// `additionalPrinterColumns`. Source: k8s.io/apiextensions-apiserver pkg/registry/customresource/tableconvertor.
enum CustomColumns {
    private struct Column: Sendable {
        var shown: TableColumn
        var path: ColumnPath
    }

    static func layout(for version: JSONView) -> TableLayout {
        guard let given = version["additionalPrinterColumns"], !given.isEmpty else { return .nameAndAge }
        let columns = given.elements.map { column in
            Column(
                shown: TableColumn(
                    column["name"]?.string ?? "", type: column["type"]?.string ?? "string",
                    format: column["format"]?.string ?? "", description: column["description"]?.string ?? "",
                    priority: column["priority"]?.int ?? 0),
                path: ColumnPath(column["jsonPath"]?.string ?? ""))
        }
        return TableLayout([.name] + columns.map(\.shown)) { object, now in
            [object.nameCell] + columns.map { cell($0, object, now) }
        }
    }

    private static func cell(_ column: Column, _ object: JSONView, _ now: Timestamp) -> JSONValue {
        let found = column.path.find(in: object)
        guard let first = found.first, !first.isNull else { return .null }
        switch column.shown.type {
        case "date": return JSONValue(ageText(first.string, now))
        case "integer": return first.int.map { JSONValue($0) } ?? .null
        case "number", "boolean": return JSONValue(first)
        default:
            let texts = found.map { value in
                value.string ?? value.text
            }
            return JSONValue(texts.joined(separator: " "))
        }
    }
}

/// The part of JSONPath that printer columns use: `.a.b`, `['a.b']`, `[0]`, `[*]`, `[?(@.type=="Ready")]`.
struct ColumnPath: Sendable, Equatable {
    private enum Step: Sendable, Equatable {
        case member(String)
        case element(Int)
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
        if let quote = inner.first, quote == "'" || quote == "\"" {
            return .member(String(inner.dropFirst().dropLast()))
        }
        guard inner.hasPrefix("?("), inner.hasSuffix(")"), let equals = inner.range(ofPair: "==") else { return nil }
        let left = trimmed(inner[inner.index(inner.startIndex, offsetBy: 2)..<equals.lowerBound])
        let right = trimmed(inner[equals.upperBound..<inner.index(before: inner.endIndex)])
        guard left.hasPrefix("@.") else { return nil }
        return .filter(
            path: left.dropFirst(2).split(separator: ".").map(String.init),
            equals: right.filter { $0 != "\"" && $0 != "'" })
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
                case .all: value.kind == .object ? value.members.map(\.value) : Array(value.elements)
                case .filter(let path, let wanted):
                    value.elements.filter { ($0[path: path]?.string ?? $0[path: path]?.text) == wanted }
                }
            }
        }
        return found
    }
}

extension Substring {
    fileprivate func range(ofPair pair: String) -> Range<Index>? {
        indices.first { self[$0...].hasPrefix(pair) }.map { $0..<index($0, offsetBy: pair.count) }
    }
}
