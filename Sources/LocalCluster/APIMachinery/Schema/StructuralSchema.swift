package import JSON
package import KubernetesModel

/// The schema of a custom resource: prunes, defaults and validates objects as the API server does.
/// Source: apiextensions-apiserver pkg/apiserver/schema and validation; the field `openAPIV3Schema` of a CRD's version.
package struct StructuralSchema: Sendable {
    let root: SchemaNode

    /// Reads a schema. Throws ``FieldError``, its path relative to the schema, where it is malformed.
    package init(_ openAPIV3Schema: JSONView) throws(FieldError) {
        root = try SchemaNode(openAPIV3Schema, at: .root)
    }

    /// Drops members that no schema describes and answers their paths, in order.
    package func prune(_ object: inout JSONValue) -> [FieldPath] {
        var dropped: [FieldPath] = []
        object = Self.pruned(object, root, at: .root, isRoot: true, &dropped) ?? object
        object = Self.withoutNulls(object, root) ?? object
        return dropped
    }

    /// The value without nulls where null is not allowed and no default takes its place; nil if nothing changed.
    private static func withoutNulls(_ value: JSONValue, _ node: SchemaNode) -> JSONValue? {
        value.changed(
            member: { name, member in
                guard let child = node.property(name) else { return .none }
                if member.isNull, !child.isNullable, child.defaultValue == nil { return .removed }
                return .init(withoutNulls(member, child))
            }, element: { _, element in .init(node.items.flatMap { withoutNulls(element, $0) }) })
    }

    /// The value without what no schema describes; nil if nothing changed.
    private static func pruned(
        _ value: JSONValue, _ node: SchemaNode, at path: FieldPath, isRoot: Bool, _ dropped: inout [FieldPath]
    ) -> JSONValue? {
        value.changed(
            member: { name, member in
                if isRoot || node.isEmbeddedResource, ["apiVersion", "kind", "metadata"].contains(name) {
                    return .none
                }
                let place = path.child(name)
                if let child = node.property(name) {
                    return .init(pruned(member, child, at: place, isRoot: false, &dropped))
                }
                if node.keepsUnknown(name, isRoot: isRoot) { return .none }
                dropped.append(place)
                return .removed
            },
            element: { index, element in
                .init(node.items.flatMap { pruned(element, $0, at: path.index(index), isRoot: false, &dropped) })
            })
    }

    /// Fills in the defaults of members that are absent, or null where null is not allowed.
    package func applyDefaults(to object: inout JSONValue) { object = Self.defaulted(object, root) ?? object }

    /// The value with defaults; nil if nothing changed.
    private static func defaulted(_ value: JSONValue, _ node: SchemaNode) -> JSONValue? {
        var filled = value
        if value.kind == .object, !node.defaultedNames.isEmpty {
            var open = OpenObject(value)
            for name in node.defaultedNames where open[name] == nil { open[name] = node.properties[name]?.defaultValue }
            filled = open.value
        }
        let result = filled.changed(
            member: { name, member in
                guard let child = node.property(name) else { return .none }
                let isFilled = member.isNull && !child.isNullable && node.properties[name]?.defaultValue != nil
                guard isFilled, let fallback = child.defaultValue else { return .init(defaulted(member, child)) }
                return .replaced(defaulted(fallback, child) ?? fallback)
            }, element: { _, element in .init(node.items.flatMap { defaulted(element, $0) }) })
        if let result { return result }
        guard filled.count != value.count else { return nil }
        return filled
    }

    /// Evaluates a rule for a value and, on updates, what it was before.
    package typealias RuleEvaluator =
        (_ rule: ValidationRule, _ value: JSONView, _ old: JSONView?) -> RuleOutcome

    /// Every problem of an object, in the order of its members, in the API server's words.
    ///
    /// `old` is the object before an update: what was there before and is unchanged is not a problem of the update
    /// (KEP-4008). Rules run only where the value has no other problems, and not at all without
    /// an evaluator.
    package func validate(
        _ object: JSONView, old: JSONView? = nil, rules: RuleEvaluator? = nil
    ) -> [FieldError] {
        var validator = SchemaValidator()
        validator.validate(object, root, old: old, at: .root)
        if validator.errors.isEmpty, let rules {
            validator.evaluate(rules, object, old: old, root, at: .root)
        }
        return validator.errors
    }
}
