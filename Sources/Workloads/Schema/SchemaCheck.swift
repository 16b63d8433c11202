import JSON
import KubernetesModel

/// Checks a value against a ``Schema`` as the API server will, but answers every problem with what to do, and before
/// anything is stored. So a field's rule is written once: in its schema.
enum SchemaCheck {
    /// Every problem of `value`; fields that the schema does not know are not looked at, as the API server prunes them.
    static func problems(of value: JSONView?, _ schema: JSONValue, at path: FieldPath) -> [FieldError] {
        guard let value else { return [] }
        if value.isNull { return [] }
        if schema["x-kubernetes-int-or-string"]?.bool == true { return quantity(value, at: path) }
        guard let type = schema["type"]?.string else { return [] }
        guard let words = mismatch(value, type) else { return details(of: value, schema, type, at: path) }
        return [.invalid(path, json: value.shortened, words)]
    }

    private static func mismatch(_ value: JSONView, _ type: String) -> String? {
        switch type {
        case "string": value.string == nil ? "must be a string" : nil
        case "integer": value.int == nil ? "must be a whole number" : nil
        case "boolean": value.bool == nil ? "must be true or false" : nil
        case "array": value.kind == .array ? nil : "must be a list"
        default: value.kind == .object ? nil : "must be an object"
        }
    }

    private static func details(
        of value: JSONView, _ schema: JSONValue, _ type: String, at path: FieldPath
    ) -> [FieldError] {
        switch type {
        case "string": text(value.string ?? "", schema, at: path)
        case "integer": number(value.int ?? 0, schema, at: path)
        case "array": list(value, schema, at: path)
        case "object": object(value, schema, at: path)
        default: []
        }
    }

    private static func text(_ text: String, _ schema: JSONValue, at path: FieldPath) -> [FieldError] {
        if let supported = schema["enum"]?.strings, !supported.contains(text) {
            return [.notSupported(path, text, supported: supported.filter { !$0.isEmpty })]
        }
        if let limit = schema["maxLength"]?.int, text.unicodeScalars.count > limit {
            return [.tooLong(path, limit: limit)]
        }
        if text.isEmpty, (schema["minLength"]?.int ?? 0) > 0 { return [.required(path, schema.explanation)] }
        if let pattern = schema["pattern"]?.string.flatMap({ try? Regex($0) }), text.firstMatch(of: pattern) == nil {
            return [.invalid(path, text, schema.explanation)]
        }
        if schema["format"]?.string == "date-time", Timestamp(text) == nil {
            return [.invalid(path, text, "must be a time such as 2026-01-31T12:00:00Z")]
        }
        return []
    }

    private static func number(_ number: Int, _ schema: JSONValue, at path: FieldPath) -> [FieldError] {
        let isShort = schema["format"]?.string == "int32"
        let least = schema["minimum"]?.int ?? (isShort ? Int(Int32.min) : Int.min)
        let most = schema["maximum"]?.int ?? (isShort ? Int(Int32.max) : Int.max)
        if number < least { return [.invalid(path, number, "must be greater than or equal to \(least)")] }
        if number > most { return [.invalid(path, number, "must be less than or equal to \(most)")] }
        return []
    }

    private static func list(_ value: JSONView, _ schema: JSONValue, at path: FieldPath) -> [FieldError] {
        var problems: [FieldError] = []
        if let least = schema["minItems"]?.int, value.count < least {
            problems.append(.required(path, schema.explanation))
        }
        if let most = schema["maxItems"]?.int, value.count > most {
            return [.invalid(path, value.count, "must have at most \(most) items")]
        }
        guard let items = schema["items"] else { return problems }
        for (index, element) in value.elements.enumerated() {
            if element.isNull { problems.append(.invalid(path.index(index), json: .null, "must not be null")) }
            problems += self.problems(of: element, items, at: path.index(index))
            guard let key = schema["x-kubernetes-list-map-keys"]?.strings.first, let name = element[key]?.string else {
                continue
            }
            if value.elements.prefix(index).contains(where: { $0[key]?.string == name }) {
                problems.append(.duplicate(path.index(index).child(key), name))
            }
        }
        return problems
    }

    private static func object(_ value: JSONView, _ schema: JSONValue, at path: FieldPath) -> [FieldError] {
        var problems: [FieldError] = []
        let properties = schema["properties"]
        for name in schema["required"]?.strings ?? [] where value[name].map(\.isNull) ?? true {
            problems.append(.required(path.child(name), properties?[name]?.explanation ?? ""))
        }
        if let most = schema["maxProperties"]?.int, value.count > most {
            return [.invalid(path, value.count, "must have at most \(most) entries")]
        }
        for member in properties?.members ?? [] {
            problems += self.problems(of: value[member.key], member.value, at: path.child(member.key))
        }
        guard let each = schema["additionalProperties"] else { return problems }
        for member in value.members {
            problems += self.problems(of: member.value, each, at: path.key(member.key))
        }
        return problems
    }

    private static func quantity(_ value: JSONView, at path: FieldPath) -> [FieldError] {
        guard let text = value.string ?? value.numberText, let amount = Quantity(text) else {
            return [.invalid(path, json: value.shortened, "must be a quantity such as 2, 500m or 4Gi")]
        }
        return amount.sign < 0 ? [.invalid(path, text, "must be greater than or equal to 0")] : []
    }
}

extension JSONValue {
    /// A schema's description as the end of a sentence.
    fileprivate var explanation: String {
        guard var text = self["description"]?.string else { return "" }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}

/// A rule about several members of an object, said twice: as CEL for the API server, so that it holds while the webhook is
/// away, and in Swift, which names the field. A test evaluates both and compares.
package struct CrossFieldRule: Sendable {
    /// The rule in CEL; `self` is the object. True where nothing is wrong.
    package var cel: String
    /// What to say, in both.
    package var message: String
    /// The member that the problem is reported at, and whether there is a problem.
    package var problem: @Sendable (JSONView, FieldPath) -> FieldError?

    /// A rule on the member `field`, broken where `isBroken` answers true.
    package init(
        _ cel: String, at field: String, orSay message: String, isBroken: @escaping @Sendable (JSONView) -> Bool
    ) {
        self.cel = cel
        self.message = message
        problem = { object, path in
            guard isBroken(object) else { return nil }
            guard let value = object[field], !value.isNull else { return .required(path.child(field), message) }
            return .invalid(path.child(field), json: value.shortened, message)
        }
    }
}

extension Schema {
    /// The same schema with rules about several of its members.
    package func checked(_ rules: [CrossFieldRule]) -> Schema {
        rules.reduce(self) { $0.checked($1.cel, orSay: $1.message) }
    }
}
