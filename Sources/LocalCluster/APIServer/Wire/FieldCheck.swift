import JSON
import KubernetesModel

/// Compares an object with the fields of its built-in kind.
struct FieldCheck {
    /// Paths of members that the kind does not have.
    private(set) var unknown: [String] = []
    /// The first value of a wrong type, as Go's decoder words it.
    private(set) var wrongType: String?
    /// The same as server-side apply words it, if it is of a wrong JSON type.
    private(set) var untyped: String?
    private let schema = WireSchema.builtIn

    private let message: String

    init(_ object: JSONView, message: String) {
        self.message = message
        check(object, message, "", isRoot: true)
    }

    /// The object without members that the kind does not have.
    func pruned(_ object: JSONValue) -> JSONValue { Self.pruned(object, message: message, isRoot: true) }

    private static func pruned(_ object: JSONValue, message: String, isRoot: Bool) -> JSONValue {
        let schema = WireSchema.builtIn
        guard let members = schema.members(of: message), let given = object.members else { return object }
        var kept: [(String, JSONValue)] = []
        for (key, value) in given {
            if isRoot, key == "apiVersion" || key == "kind" {
                kept.append((key, value))
            } else if let field = members[key] {
                kept.append((key, pruned(value, field)))
            }
        }
        return .object(kept)
    }

    private static func pruned(_ value: JSONValue, _ field: WireSchema.Field) -> JSONValue {
        guard case .message(let name) = field.kind, !WireSchema.builtIn.isTextList(name) else { return value }
        switch field.shape {
        case .one: return pruned(value, message: name, isRoot: false)
        case .list: return value.array.map { JSONValue($0.map { pruned($0, message: name, isRoot: false) }) } ?? value
        case .map:
            return value.members.map { members in
                .object(members.map { ($0.key, pruned($0.value, message: name, isRoot: false)) })
            } ?? value
        }
    }

    private mutating func check(_ object: JSONView, _ message: String, _ path: String, isRoot: Bool = false) {
        guard let members = schema.members(of: message) else { return }
        for (key, value) in object.members {
            if isRoot, key == "apiVersion" || key == "kind" { continue }
            let at = path.isEmpty ? key : "\(path).\(key)"
            guard let field = members[key] else {
                unknown.append(at)
                continue
            }
            checkShape(value, field, at, message)
        }
    }

    private mutating func checkShape(_ value: JSONView, _ field: WireSchema.Field, _ path: String, _ message: String) {
        if value.isNull { return }
        switch field.shape {
        case .one: checkValue(value, field, path, message)
        case .list:
            guard value.kind == .array else { return report(value, field.kind, .list, path, message) }
            for (index, element) in value.elements.enumerated() where !element.isNull {
                checkValue(element, field, "\(path)[\(index)]", message)
            }
        case .map:
            guard value.kind == .object else { return report(value, field.kind, .map, path, message) }
            for (key, element) in value.members where !element.isNull {
                checkValue(element, field, "\(path).\(key)", message)
            }
        }
    }

    private mutating func checkValue(_ value: JSONView, _ field: WireSchema.Field, _ path: String, _ message: String) {
        let fits: Bool
        switch field.kind {
        case .text, .bytes, .time, .microTime: fits = value.kind == .string
        case .integer: fits = value.int != nil || value.double.map { $0 == $0.rounded() } ?? false
        case .bool: fits = value.kind == .bool
        case .number: fits = value.kind == .number
        case .quantity, .intOrString: fits = value.kind == .string || value.kind == .number
        case .raw: fits = true
        case .message(let name):
            if schema.isTextList(name) {
                fits = value.kind == .array
            } else {
                fits = value.kind == .object
                if fits { check(value, name, path) }
            }
        }
        if !fits { return report(value, field.kind, .one, path, message) }
        guard wrongType == nil, let text = value.string else { return }
        if field.kind == .quantity, Quantity(text) == nil {
            wrongType =
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        }
        if field.kind == .bytes, Base64Text.decode(text) == nil { wrongType = "illegal base64 data at input byte 0" }
    }

    private mutating func report(
        _ value: JSONView, _ kind: WireSchema.Kind, _ shape: WireSchema.Shape, _ path: String, _ message: String
    ) {
        guard wrongType == nil else { return }
        let type =
            switch kind {
            case .text, .bytes: "string"
            case .integer: "int32"
            case .bool: "bool"
            case .number: "float64"
            case .time, .microTime: "v1.Time"
            case .quantity: "resource.Quantity"
            case .intOrString: "intstr.IntOrString"
            case .raw: "runtime.RawExtension"
            case .message(let name): "v1.\(name.drop { $0 != "." }.dropFirst())"
            }
        let shaped = shape == .list ? "[]\(type)" : shape == .map ? "map[string]\(type)" : type
        let owner = message.drop { $0 != "." }.dropFirst()
        wrongType = "json: cannot unmarshal \(value.kind) into Go struct field \(owner).\(path) of type \(shaped)"
        untyped = ".\(path): " + Self.untyped(value, kind, shape)
    }

    /// Source: structured-merge-diff typed/validate.go; values as Go prints them.
    private static func untyped(_ value: JSONView, _ kind: WireSchema.Kind, _ shape: WireSchema.Shape) -> String {
        let (type, text) =
            switch value.kind {
            case .object: ("map[string]interface {}", "map[string]interface {}{…}")
            case .array: ("[]interface {}", "[]interface {}{…}")
            case .string: ("string", JSONValue(value).text)
            case .bool: ("bool", JSONValue(value).text)
            default: (value.int == nil ? "float64" : "int64", JSONValue(value).text)
            }
        switch (shape, kind) {
        case (.list, _): return "expected list, got &{\(value.string ?? text)}"
        case (.map, _), (.one, .message): return "expected map, got &{\(value.string ?? text)}"
        case (.one, .text), (.one, .bytes): return "expected string, got &value.valueUnstructured{Value:\(text)}"
        case (.one, .integer), (.one, .number): return "expected numeric (int or float), got \(type)"
        case (.one, .bool): return "expected boolean, got &{\(value.string ?? text)}"
        default: return "expected any scalar, got &{\(value.string ?? text)}"
        }
    }
}
