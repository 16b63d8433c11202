package import JSON
package import KubernetesModel

/// Strategic merge patch: a merge patch whose lists merge by key, with directives in members that begin with `$`.
/// Source: apimachinery pkg/util/strategicpatch; `$patch`, `$retainKeys`, `$setElementOrder`, `$deleteFromPrimitiveList`.
package enum StrategicMergePatch {
    /// The object after the patch. Throws 400 for a patch that is malformed: an unknown directive, an element without its
    /// merge key, a value that is no object.
    package static func apply(
        _ patch: JSONValue, to original: JSONValue, schema: MergeSchema
    ) throws(StatusBody) -> JSONValue {
        guard patch.kind == .object else {
            throw .badRequest("a strategic merge patch must be a JSON object, not \(patch.kind)")
        }
        return try object(original, patch, schema.root)
    }

    private static let order = "$setElementOrder/"
    private static let deletion = "$deleteFromPrimitiveList/"

    // MARK: objects

    private static func object(
        _ original: JSONValue, _ patch: JSONValue, _ node: MergeNode
    ) throws(StatusBody) -> JSONValue {
        switch try directive(patch) {
        case .replace: return withoutDirectives(patch)
        case .delete: return [:]
        case .merge: break
        }
        var result = original.kind == .object ? original : [:]
        try retainKeys(&result, patch)
        let members = patch.members ?? []
        let orders = lists(members, order)
        let deletions = lists(members, deletion)
        for (name, value) in members where !name.hasPrefix("$") && !value.isNull {
            if value.kind == .array || orders[name] != nil || deletions[name] != nil { continue }
            guard value.kind == .object else {
                result[name] = value
                continue
            }
            if let present = result[name], present.kind == .object {
                result[name] = try object(present, value, node.child(name))
            } else if try directive(value) == .delete {
                result[name] = nil
            } else {
                result[name] = withoutDirectives(value)
            }
        }
        for (name, value) in members where !name.hasPrefix("$") && value.isNull { result[name] = nil }
        var names = members.filter { $0.value.kind == .array && !$0.key.hasPrefix("$") }.map(\.key)
        for name in members.map(\.key) {
            for prefix in [order, deletion] where name.hasPrefix(prefix) {
                let list = String(name.dropFirst(prefix.count))
                if !names.contains(list), patch[list]?.isNull != true { names.append(list) }
            }
        }
        for name in names {
            let change = ListChange(additions: patch[name]?.array, deletions: deletions[name], order: orders[name])
            result[name] = try list(result[name], change, node.child(name), name: name)
        }
        return result
    }

    private enum Directive { case merge, replace, delete }

    private static func directive(_ patch: JSONValue) throws(StatusBody) -> Directive {
        guard let value = patch["$patch"] else { return .merge }
        switch value.string {
        case "merge": return .merge
        case "replace": return .replace
        case "delete": return .delete
        default: throw .badRequest("unknown patch type found: \(value.text); use merge, replace or delete")
        }
    }

    private static func retainKeys(_ result: inout JSONValue, _ patch: JSONValue) throws(StatusBody) {
        guard let kept = patch["$retainKeys"] else { return }
        guard let names = kept.array.map({ Set($0.compactMap(\.string)) }) else {
            throw .badRequest("$retainKeys must be a list of names")
        }
        for (name, value) in patch.members ?? []
        where !name.hasPrefix("$") && !value.isNull && !names.contains(name) {
            throw .badRequest("$retainKeys lacks \"\(name)\", which the patch sets")
        }
        for name in result.keys where !names.contains(name) { result[name] = nil }
    }

    private static func lists(
        _ members: [(key: String, value: JSONValue)], _ prefix: String
    ) -> [String: [JSONValue]] {
        var found: [String: [JSONValue]] = [:]
        for (name, value) in members where name.hasPrefix(prefix) {
            found[String(name.dropFirst(prefix.count))] = value.array ?? []
        }
        return found
    }

    // MARK: lists

    private struct ListChange {
        var additions: [JSONValue]?
        var deletions: [JSONValue]?
        var order: [JSONValue]?
    }

    private static func list(
        _ original: JSONValue?, _ change: ListChange, _ node: MergeNode, name: String
    ) throws(StatusBody) -> JSONValue? {
        let present = original?.array ?? []
        switch node.listKind {
        case .atomic, .map(_, patchKey: nil):
            guard let additions = change.additions else { return original }
            return JSONValue(additions.map(withoutDirectives))
        case .set:
            guard original != nil || change.additions != nil else { return nil }
            var merged = present.filter { !(change.deletions ?? []).contains($0) }
            for value in change.additions ?? [] where !merged.contains(value) { merged.append(value) }
            return JSONValue(ordered(merged, present, change.order, by: { $0 }))
        case .map(_, patchKey: let key?):
            guard original != nil || change.additions != nil else { return nil }
            let merged = try elements(present, change.additions ?? [], key, node.element, name: name)
            return JSONValue(ordered(merged, present, change.order, by: { $0[key] ?? .null }))
        }
    }

    private static func elements(
        _ present: [JSONValue], _ patch: [JSONValue], _ key: String, _ node: MergeNode, name: String
    ) throws(StatusBody) -> [JSONValue] {
        var merged = present
        var replaces = false
        for change in patch where try directive(change) == .replace {
            // The directive alone empties the list; its other elements then fill it.
            replaces = true
        }
        if replaces {
            return patch.filter { $0["$patch"] == nil || $0.count > 1 }.map(withoutDirectives)
        }
        for change in patch {
            guard let id = change[key], !id.isNull else {
                throw .badRequest("element of \"\(name)\" does not contain declared merge key: \(key)")
            }
            let place = merged.firstIndex { $0[key] == id }
            if try directive(change) == .delete {
                merged.removeAll { $0[key] == id }
            } else if let place {
                merged[place] = try object(merged[place], change, node)
            } else {
                merged.append(withoutDirectives(change))
            }
        }
        return merged
    }

    /// Puts elements named by `order` in its order and the others where they stood relative to them.
    private static func ordered(
        _ merged: [JSONValue], _ server: [JSONValue], _ order: [JSONValue]?, by id: (JSONValue) -> JSONValue
    ) -> [JSONValue] {
        guard let order else { return merged }
        let wanted = order.map(id)
        let named = wanted.compactMap { name in merged.first { id($0) == name } }
        let others = merged.filter { !wanted.contains(id($0)) }
        let places = server.map(id)
        var result: [JSONValue] = []
        var (left, right) = (others[...], named[...])
        while let other = left.first, let name = right.first {
            if let first = places.firstIndex(of: id(other)), let second = places.firstIndex(of: id(name)),
                first < second
            {
                result.append(left.removeFirst())
            } else {
                result.append(right.removeFirst())
            }
        }
        return result + left + right
    }

    /// A value of the patch as it enters the object: without directives and without nulls, which mean absence.
    private static func withoutDirectives(_ value: JSONValue) -> JSONValue {
        switch value.kind {
        case .object:
            let members = (value.members ?? []).filter { !$0.key.hasPrefix("$") && !$0.value.isNull }
            return .object(members.map { ($0.key, withoutDirectives($0.value)) })
        case .array:
            let elements = (value.array ?? []).filter { $0["$patch"]?.string != "delete" }
            return JSONValue(elements.map(withoutDirectives))
        default: return value
        }
    }
}
