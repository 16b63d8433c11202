import JSON
import KubernetesModel

/// Checks that many kinds share; each adds what is wrong.
///
/// Source: pkg/apis/core/validation, apimachinery pkg/util/validation.
extension [FieldError] {
    /// A member must be one of these texts.
    mutating func check(_ object: JSONValue, _ field: String, at path: FieldPath, isOneOf supported: [String]) {
        let value = object[field]?.string ?? ""
        if !supported.contains(value) { append(.notSupported(path.child(field), value, supported: supported)) }
    }

    /// A text must keep a rule, unless it is empty.
    mutating func check(_ value: String, at path: FieldPath, _ problem: (String) -> String?) {
        if !value.isEmpty, let problem = problem(value) { append(.invalid(path, value, problem)) }
    }

    /// The name of an element must be a DNS label that none before it has.
    mutating func checkName(
        of element: JSONValue, at path: FieldPath, isRequired: Bool = true, differsFrom names: inout Set<String>
    ) {
        let (name, at) = (element["name"]?.string ?? "", path.child("name"))
        if name.isEmpty {
            if isRequired { append(.required(at)) }
        } else if let problem = NameValidation.dns1123LabelProblem(name) {
            append(.invalid(at, name, problem))
        } else if !names.insert(name).inserted {
            append(.duplicate(at, name))
        }
    }

    /// A port must be one.
    mutating func checkPort(_ number: Int, at path: FieldPath) {
        if !(1...65535).contains(number) {
            append(.invalid(path, number, "must be between 1 and 65535, inclusive"))
        }
    }

    /// Keys and values must be those of labels.
    mutating func checkLabels(_ labels: JSONValue?, at path: FieldPath) {
        for (key, value) in labels?.members ?? [] {
            if let problem = NameValidation.qualifiedNameProblem(key) { append(.invalid(path, key, problem)) }
            check(value.string ?? "", at: path, NameValidation.labelValueProblem)
        }
    }
}

extension JSONValue {
    /// The elements of an array member, each with its path.
    func elements(_ list: String, at path: FieldPath) -> [(element: JSONValue, path: FieldPath)] {
        (self[list]?.elements ?? []).enumerated().map { ($0.element, path.child(list).index($0.offset)) }
    }
}
