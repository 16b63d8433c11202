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
        object = Self.pruned(object, root, at: .root, isRoot: true, &dropped)
        if let rest = Self.withoutNulls(object, root) { object = rest }
        return dropped
    }

    /// The value without nulls where null is not allowed and no default takes its place; nil if nothing changed.
    private static func withoutNulls(_ value: JSONValue, _ node: SchemaNode) -> JSONValue? {
        var result = value
        var changed = false
        switch value.kind {
        case .object:
            for (name, member) in value.members ?? [] {
                guard let child = node.property(name) else { continue }
                if member.isNull, !child.isNullable, child.defaultValue == nil {
                    result[name] = nil
                    changed = true
                } else if let rest = withoutNulls(member, child) {
                    result[name] = rest
                    changed = true
                }
            }
        case .array:
            guard let items = node.items else { return nil }
            for (index, element) in (value.array ?? []).enumerated() {
                guard let rest = withoutNulls(element, items) else { continue }
                result[index] = rest
                changed = true
            }
        default: return nil
        }
        guard changed else { return nil }
        return result
    }

    private static func pruned(
        _ value: JSONValue, _ node: SchemaNode, at path: FieldPath, isRoot: Bool, _ dropped: inout [FieldPath]
    ) -> JSONValue {
        var result = value
        switch value.kind {
        case .object:
            for (name, member) in value.members ?? [] {
                if isRoot || node.isEmbeddedResource, ["apiVersion", "kind", "metadata"].contains(name) { continue }
                let place = path.child(name)
                guard let child = node.property(name) else {
                    if !node.keepsUnknown(name, isRoot: isRoot) {
                        result[name] = nil
                        dropped.append(place)
                    }
                    continue
                }
                let before = dropped.count
                let kept = pruned(member, child, at: place, isRoot: false, &dropped)
                if dropped.count > before { result[name] = kept }
            }
        case .array:
            guard let items = node.items else { break }
            for (index, element) in (value.array ?? []).enumerated() {
                let before = dropped.count
                let kept = pruned(element, items, at: path.index(index), isRoot: false, &dropped)
                if dropped.count > before { result[index] = kept }
            }
        default: break
        }
        return result
    }

    /// Fills in the defaults of members that are absent, or null where null is not allowed.
    package func applyDefaults(to object: inout JSONValue) {
        if let changed = Self.defaulted(object, root) { object = changed }
    }

    /// The value with defaults; nil if nothing changed.
    private static func defaulted(_ value: JSONValue, _ node: SchemaNode) -> JSONValue? {
        var result = value
        var changed = false
        switch value.kind {
        case .object:
            for name in node.propertyNames {
                guard let child = node.properties[name], let fallback = child.defaultValue else { continue }
                let present = result[name]
                guard present == nil || (present?.isNull == true && !child.isNullable) else { continue }
                result[name] = fallback
                changed = true
            }
            for (name, member) in result.members ?? [] {
                guard let child = node.property(name), let new = defaulted(member, child) else { continue }
                result[name] = new
                changed = true
            }
        case .array:
            guard let items = node.items else { return nil }
            for (index, element) in (value.array ?? []).enumerated() {
                guard let new = defaulted(element, items) else { continue }
                result[index] = new
                changed = true
            }
        default: return nil
        }
        guard changed else { return nil }
        return result
    }

    /// Evaluates a rule for a value and, on updates, what it was before.
    package typealias RuleEvaluator =
        @Sendable (_ rule: ValidationRule, _ value: JSONView, _ old: JSONView?) -> RuleOutcome

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

    /// Every rule of the schema, for compiling them when the definition arrives.
    package var rules: [ValidationRule] {
        var found: [ValidationRule] = []
        var pending = [root]
        while let node = pending.popLast() {
            found += node.rules
            pending += node.properties.values
            if let items = node.items { pending.append(items) }
            if case .described(let other) = node.additionalProperties { pending.append(other) }
        }
        return found
    }
}
