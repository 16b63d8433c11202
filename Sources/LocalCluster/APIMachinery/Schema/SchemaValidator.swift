internal import CEL
internal import JSON
internal import KubernetesModel

/// Collects the problems of an object. Source: kube-openapi pkg/validation and apiextensions pkg/apiserver/validation.
struct SchemaValidator {
    private(set) var errors: [FieldError] = []
    /// No rule runs any more.
    private var isExhausted = false

    /// The path as messages name the place.
    private func place(_ path: FieldPath) -> String { "\(path.text.isEmpty ? "" : path.text + " ")in body" }

    private mutating func invalid(_ path: FieldPath, _ value: JSONView, _ message: String) {
        errors.append(.invalid(path, json: JSONValue(value), "\(place(path)) \(message)"))
    }

    mutating func validate(_ value: JSONView, _ node: SchemaNode, old: JSONView? = nil, at path: FieldPath) {
        if value.isNull, node.isNullable { return }
        if let old, JSONValue(old) == JSONValue(value) { return }
        guard hasType(value, node, at: path) else { return }
        if !node.allowed.isEmpty, !node.allowed.contains(JSONValue(value)) {
            let supported = node.allowed.map(\.text).joined(separator: ", ")
            errors.append(
                FieldError(
                    path: path, kind: .notSupported, badJSON: JSONValue(value), detail: "supported values: " + supported
                ))
        }
        switch value.kind {
        case .object: members(value, node, old: old, at: path)
        case .array: elements(value, node, old: old, at: path)
        case .string: string(value, node, at: path)
        case .number: number(value, node, at: path)
        case .bool, .null: break
        }
        combined(value, node, at: path)
    }

    // MARK: types

    private mutating func hasType(_ value: JSONView, _ node: SchemaNode, at path: FieldPath) -> Bool {
        let found = Self.typeName(value)
        if node.isIntOrString {
            if found == "integer" || found == "string" { return true }
            typeInvalid(path, expected: "integer,string", found)
            return false
        }
        let expected = node.type
        if expected.isEmpty || expected == found || (expected == "number" && found == "integer") { return true }
        typeInvalid(path, expected: expected, found)
        return false
    }

    private mutating func typeInvalid(_ path: FieldPath, expected: String, _ found: String) {
        errors.append(
            FieldError(
                path: path, kind: .typeInvalid, badValue: found,
                detail: "\(place(path)) must be of type \(expected): \"\(found)\""))
    }

    static func typeName(_ value: JSONView) -> String {
        switch value.kind {
        case .object: return "object"
        case .array: return "array"
        case .string: return "string"
        case .bool: return "boolean"
        case .null: return "null"
        case .number:
            if value.int != nil { return "integer" }
            let number = value.double ?? 0
            return number == number.rounded() && abs(number) < 9.3e18 ? "integer" : "number"
        }
    }

    // MARK: objects and arrays

    private mutating func members(_ value: JSONView, _ node: SchemaNode, old: JSONView?, at path: FieldPath) {
        for name in node.required where value[name] == nil {
            errors.append(.required(path.child(name)))
        }
        if let least = node.bounds.minimumProperties, value.count < least {
            invalid(path, value, "should have at least \(least) properties")
        }
        if let most = node.bounds.maximumProperties, value.count > most {
            tooMany(path, value.count, most)
        }
        for (name, member) in value.members {
            guard let child = node.property(name) else { continue }
            validate(member, child, old: old?[name], at: path.child(name))
        }
    }

    private mutating func tooMany(_ path: FieldPath, _ count: Int, _ most: Int) {
        errors.append(
            FieldError(path: path, kind: .tooMany, badJSON: JSONValue(count), detail: "must have at most \(most) items")
        )
    }

    private mutating func elements(_ value: JSONView, _ node: SchemaNode, old: JSONView?, at path: FieldPath) {
        let elements = value.elements.map { $0 }
        if let least = node.bounds.minimumItems, elements.count < least {
            invalid(path, value, "should have at least \(least) items")
        }
        if let most = node.bounds.maximumItems, elements.count > most { tooMany(path, elements.count, most) }
        if let items = node.items {
            let before = Self.counterparts(in: old, node)
            for (index, element) in elements.enumerated() {
                validate(element, items, old: before[Self.id(of: element, node)], at: path.index(index))
            }
        }
        var seen = Set<JSONValue>()
        for (index, element) in elements.enumerated() {
            let id: JSONValue
            switch node.listType {
            case "map": id = Self.id(of: element, node)
            case "set": id = JSONValue(element)
            default:
                guard node.bounds.hasUniqueItems else { return }
                id = JSONValue(element)
            }
            guard !seen.insert(id).inserted else { continue }
            errors.append(FieldError(path: path.index(index), kind: .duplicate, badJSON: id))
        }
    }

    // MARK: scalars

    private mutating func string(_ value: JSONView, _ node: SchemaNode, at path: FieldPath) {
        let text = value.string ?? ""
        let bounds = node.bounds
        if bounds.minimumLength != nil || bounds.maximumLength != nil {
            let length = text.unicodeScalars.count
            if let least = bounds.minimumLength, length < least {
                invalid(path, value, "should be at least \(least) chars long")
            }
            if let most = bounds.maximumLength, length > most { errors.append(.tooLong(path, limit: most)) }
        }
        if !bounds.patternText.isEmpty, !bounds.pattern.matches(text) {
            invalid(path, value, "should match '\(bounds.patternText)'")
        }
        let isWellFormed =
            switch bounds.format {
            case "date-time": Timestamp(text) != nil
            case "date": Timestamp(text + "T00:00:00Z") != nil
            default: true
            }
        if !isWellFormed {
            errors.append(
                FieldError(
                    path: path, kind: .typeInvalid, badValue: text,
                    detail: "\(place(path)) must be of type \(bounds.format): \(JSONValue(text).text)"))
        }
    }

    private mutating func number(_ value: JSONView, _ node: SchemaNode, at path: FieldPath) {
        let bounds = node.bounds
        guard let number = value.double else { return }
        func shown(_ bound: Double) -> String {
            bound == bound.rounded() && abs(bound) < 1e15 ? String(Int(bound)) : String(bound)
        }
        if let least = bounds.minimum {
            if bounds.excludesMinimum ? number <= least : number < least {
                invalid(
                    path, value, "should be greater than \(bounds.excludesMinimum ? "" : "or equal to ")\(shown(least))"
                )
            }
        }
        if let most = bounds.maximum {
            if bounds.excludesMaximum ? number >= most : number > most {
                invalid(
                    path, value, "should be less than \(bounds.excludesMaximum ? "" : "or equal to ")\(shown(most))")
            }
        }
        if let factor = bounds.multipleOf, factor > 0, number.remainder(dividingBy: factor) != 0 {
            invalid(path, value, "should be a multiple of \(shown(factor))")
        }
        let fits =
            switch bounds.format {
            case "int32": number >= -2_147_483_648 && number <= 2_147_483_647
            case "int64": value.int != nil || abs(number) < 9.2e18
            default: true
            }
        if !fits { invalid(path, value, "must be of type \(bounds.format): \"\(value.text)\"") }
    }

    // MARK: combinations

    private func holds(_ value: JSONView, _ node: SchemaNode, at path: FieldPath) -> Bool {
        var inner = SchemaValidator()
        inner.validate(value, node, at: path)
        return inner.errors.isEmpty
    }

    private mutating func combined(_ value: JSONView, _ node: SchemaNode, at path: FieldPath) {
        for part in node.allOf { validate(value, part, at: path) }
        if !node.anyOf.isEmpty, !node.anyOf.contains(where: { holds(value, $0, at: path) }) {
            invalid(path, value, "must validate at least one schema (anyOf)")
        }
        if !node.oneOf.isEmpty {
            let count = node.oneOf.count { holds(value, $0, at: path) }
            if count != 1 {
                let found = count == 0 ? "none valid" : "\(count) valid alternatives"
                invalid(path, value, "must validate one and only one schema (oneOf). Found \(found)")
            }
        }
        if let not = node.not, holds(value, not, at: path) {
            invalid(path, value, "must not validate the schema (not)")
        }
    }

    // MARK: rules

    /// Runs the rules of the schema, from the object inwards.
    mutating func evaluate(
        _ evaluator: StructuralSchema.RuleEvaluator, _ value: JSONView, old: JSONView?, _ node: SchemaNode,
        at path: FieldPath
    ) {
        if isExhausted || value.isNull && node.isNullable { return }
        for rule in node.rules where !isExhausted { evaluate(rule, evaluator, value, old: old, at: path) }
        switch value.kind {
        case .object:
            for (name, member) in value.members {
                guard let child = node.property(name) else { continue }
                evaluate(evaluator, member, old: old?[name], child, at: path.child(name))
            }
        case .array:
            guard let items = node.items else { return }
            let before = Self.counterparts(in: old, node)
            for (index, element) in value.elements.enumerated() {
                evaluate(evaluator, element, old: before[Self.id(of: element, node)], items, at: path.index(index))
            }
        default: break
        }
    }

    /// What tells an element of a list that is a map from others: its keys.
    private static func id(of element: JSONView, _ node: SchemaNode) -> JSONValue {
        .object(node.listMapKeys.compactMap { key in element[key].map { (key, JSONValue($0)) } })
    }

    /// The elements of the old list by their keys; lists that are no maps have no counterparts.
    private static func counterparts(in old: JSONView?, _ node: SchemaNode) -> [JSONValue: JSONView] {
        guard let old, node.listType == "map" else { return [:] }
        return Dictionary(old.elements.map { (id(of: $0, node), $0) }) { first, _ in first }
    }

    private mutating func evaluate(
        _ rule: ValidationRule, _ evaluator: StructuralSchema.RuleEvaluator, _ value: JSONView, old: JSONView?,
        at path: FieldPath
    ) {
        var place = path
        for name in rule.fieldPath?.split(separator: ".") ?? [] { place = place.child(String(name)) }
        let kind = rule.reason.flatMap { FieldError.Kind(rawValue: $0) } ?? .invalid
        func add(_ message: String) {
            errors.append(
                FieldError(path: place, kind: kind, badValue: Self.typeName(value), detail: message))
        }
        switch evaluator(rule, value, old) {
        case .holds: break
        case .fails(let message): add(message ?? rule.message ?? "failed rule: \(rule.rule)")
        case .exhausted(let problem):
            isExhausted = true
            add(problem)
        case .error(let problem): add("\(problem) evaluating rule: \(rule.message ?? rule.rule)")
        }
    }
}
