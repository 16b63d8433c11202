package import JSON
package import KubernetesModel

/// Server-side apply: who set which field is recorded, so that what one manager gives up goes and what another one set
/// is not overwritten unnoticed. Source: KEP-555, structured-merge-diff.
package enum ServerSideApply {
    /// The object after `applied` was applied to `live` (nil: it is created).
    ///
    /// Fields that the manager applied before and now leaves out are removed unless another manager owns them. Throws
    /// 409 with a cause for each field that another manager owns and that would change; `force` takes it over instead.
    /// Throws 400 for a value that is no object or has `metadata.managedFields`, 500 for elements that occur twice.
    package static func apply(
        _ applied: JSONValue, to live: JSONValue?, manager: FieldManager, force: Bool, schema: MergeSchema
    ) throws(StatusBody) -> JSONValue {
        guard applied.kind == .object else { throw .badRequest("an apply configuration must be an object") }
        if let given = applied[path: ["metadata", "managedFields"]], !given.isNull, !given.isEmpty {
            throw .badRequest("metadata.managedFields must be nil")
        }
        let duplicates = schema.root.duplicates(in: applied)
        guard duplicates.isEmpty else { throw untyped(applied, duplicates) }
        let wanted = withoutNulls(applied)
        var owned = FieldSet(of: wanted, schema.root)
        owned.removeServerFields()
        var changed = FieldDifference(from: live ?? [:], to: wanted, schema.root).changed
        changed.removeServerFields()

        var managed = ManagedFields(of: live)
        let others = managed.others(than: manager, .apply)
        let conflicts = others.map { ($0, $0.fields.intersection(changed)) }.filter { !$0.1.isEmpty }
        if !force, !conflicts.isEmpty { throw conflict(conflicts.map { ($0.0.description, $0.1.paths) }) }
        managed.take(changed, from: manager, .apply)

        var result = live.map { merged($0, wanted, schema.root) } ?? wanted
        var kept = owned
        for entry in managed.others(than: manager, .apply) { kept.formUnion(entry.fields) }
        var given = managed.fields(of: manager, .apply)
        given.subtract(owned)
        if let remaining = removing(given, keeping: kept, from: result, schema.root) { result = remaining }
        managed.set(owned, of: manager, .apply)
        managed.write(to: &result)
        return result
    }

    /// The object `new` with the fields that changed since `old` (nil: it is created) recorded as the manager's own.
    ///
    /// A client that sends `metadata.managedFields` with one empty entry, or none, resets them; without the member they
    /// are kept.
    package static func recordUpdate(
        from old: JSONValue?, to new: JSONValue, manager: FieldManager, schema: MergeSchema
    ) -> JSONValue {
        var difference = FieldDifference(from: old ?? [:], to: new, schema.root)
        difference.changed.removeServerFields()
        difference.removed.removeServerFields()
        var managed = ManagedFields(of: new[path: ["metadata", "managedFields"]] == nil ? old : new)
        var gone = difference.changed
        gone.formUnion(difference.removed)
        managed.take(gone, from: manager, .update)
        var own = managed.fields(of: manager, .update)
        own.formUnion(difference.changed)
        own.subtract(difference.removed)
        managed.set(own, of: manager, .update)
        var result = new
        managed.write(to: &result)
        return result
    }

    // MARK: conflicts

    private static func conflict(_ conflicts: [(manager: String, paths: [String])]) -> StatusBody {
        let causes = conflicts.flatMap { conflict in
            conflict.paths.map { path in
                StatusBody.Cause(
                    field: path, reason: "FieldManagerConflict", message: "conflict with \(conflict.manager)")
            }
        }
        let text =
            if let only = causes.first, causes.count == 1 {
                "Apply failed with 1 conflict: \(only.message): \(only.field)"
            } else {
                "Apply failed with \(causes.count) conflicts: "
                    + conflicts.map { conflict in
                        (["conflicts with \(conflict.manager):"] + conflict.paths.map { "- " + $0 }).joined(
                            separator: "\n")
                    }.joined(separator: "\n")
            }
        return StatusBody(code: 409, reason: "Conflict", message: text, details: .init(causes: causes))
    }

    // MARK: values

    private static func withoutNulls(_ value: JSONValue) -> JSONValue {
        let changed = value.changed(
            member: { _, member in
                member.isNull ? .removed : member.kind == .object ? .replaced(withoutNulls(member)) : .none
            }, element: { _, _ in .none })
        return changed ?? value
    }

    /// `live` with everything that `applied` states.
    private static func merged(_ live: JSONValue, _ applied: JSONValue, _ node: MergeNode) -> JSONValue {
        switch (live.kind, applied.kind) {
        case (.object, .object) where !node.isAtomicObject:
            var result = OpenObject(live)
            for (name, member) in applied.members ?? [] {
                result[name] = result[name].map { merged($0, member, node.child(name)) } ?? member
            }
            return result.value
        case (.array, .array):
            if case .atomic = node.listKind { return applied }
            var elements = live.array ?? []
            var places: [String: Int] = [:]
            for (index, element) in elements.enumerated() { places[node.pathElement(of: element) ?? ""] = index }
            for element in applied.array ?? [] {
                let name = node.pathElement(of: element) ?? ""
                if let place = places[name] {
                    elements[place] = merged(elements[place], element, node.element)
                } else {
                    places[name] = elements.count
                    elements.append(element)
                }
            }
            return JSONValue(elements)
        default: return live == applied ? live : applied
        }
    }

    /// The value without the fields of `given` that nobody keeps; nil if nothing goes.
    private static func removing(
        _ given: FieldSet, keeping kept: FieldSet, from value: JSONValue, _ node: MergeNode
    ) -> JSONValue? {
        guard !given.children.isEmpty else { return nil }
        var hasChanged = false
        /// What becomes of a part: nil if it goes.
        func remains(_ part: JSONValue, _ element: String, _ node: MergeNode) -> JSONValue? {
            let gone = given[element]
            if gone.isEmpty { return part }
            if gone.isMember, kept[element].isEmpty {
                hasChanged = true
                return nil
            }
            guard let rest = removing(gone, keeping: kept[element], from: part, node) else { return part }
            hasChanged = true
            // What is empty now was there only for what it held.
            if rest.isEmpty, kept[element].isEmpty { return nil }
            return rest
        }
        switch value.kind {
        case .object:
            let members = (value.members ?? []).compactMap { name, member in
                remains(member, "f:" + name, node.child(name)).map { (name, $0) }
            }
            guard hasChanged else { return nil }
            return .object(members)
        case .array:
            let elements = (value.array ?? []).compactMap { part in
                remains(part, node.pathElement(of: part) ?? "", node.element)
            }
            guard hasChanged else { return nil }
            return JSONValue(elements)
        default: return nil
        }
    }
}
