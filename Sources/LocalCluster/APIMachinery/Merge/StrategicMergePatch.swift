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
        var result = OpenObject(try retainKeys(original.kind == .object ? original : [:], patch))
        let members = patch.members ?? []
        let given = OpenObject(patch)
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
                if given[list]?.isNull != true { names.append(list) }
            }
        }
        var seen = Set<String>()
        for name in names where seen.insert(name).inserted {
            let change = ListChange(additions: given[name]?.array, deletions: deletions[name], order: orders[name])
            result[name] = try list(result[name], change, node.child(name), name: name)
        }
        return result.value
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

    private static func retainKeys(_ object: JSONValue, _ patch: JSONValue) throws(StatusBody) -> JSONValue {
        guard let kept = patch["$retainKeys"] else { return object }
        guard let names = kept.array.map({ Set($0.compactMap(\.string)) }) else {
            throw .badRequest("$retainKeys must be a list of names")
        }
        for (name, value) in patch.members ?? []
        where !name.hasPrefix("$") && !value.isNull && !names.contains(name) {
            throw .badRequest("$retainKeys lacks \"\(name)\", which the patch sets")
        }
        return .object((object.members ?? []).filter { names.contains($0.key) }.map { ($0.key, $0.value) })
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
            let deletions = Set(change.deletions ?? [])
            var merged = present.filter { !deletions.contains($0) }
            var known = Set(merged)
            for value in change.additions ?? [] where known.insert(value).inserted { merged.append(value) }
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
        // The directive alone empties the list; its other elements then fill it.
        let directives = try patch.map { change throws(StatusBody) in try directive(change) }
        if directives.contains(.replace) {
            return patch.filter { $0["$patch"] == nil || $0.count > 1 }.map(withoutDirectives)
        }
        var merged: [JSONValue?] = present
        var places: [JSONValue: [Int]] = [:]
        for (place, element) in present.enumerated() { places[element[key] ?? .null, default: []].append(place) }
        for change in patch {
            guard let id = change[key], !id.isNull else {
                throw .badRequest("element of \"\(name)\" does not contain declared merge key: \(key)")
            }
            if try directive(change) == .delete {
                for place in places.removeValue(forKey: id) ?? [] { merged[place] = .none }
            } else if let place = places[id]?.first, let element = merged[place] {
                merged[place] = try object(element, change, node)
            } else {
                places[id] = [merged.count]
                merged.append(withoutDirectives(change))
            }
        }
        return merged.compactMap(\.self)
    }

    /// Puts elements named by `order` in its order and the others where they stood relative to them.
    private static func ordered(
        _ merged: [JSONValue], _ server: [JSONValue], _ order: [JSONValue]?, by id: (JSONValue) -> JSONValue
    ) -> [JSONValue] {
        guard let order else { return merged }
        func firstPlaces(_ elements: [JSONValue]) -> [JSONValue: Int] {
            Dictionary(elements.enumerated().map { (id($1), $0) }) { first, _ in first }
        }
        let (wanted, found, places) = (Set(order.map(id)), firstPlaces(merged), firstPlaces(server))
        let named = order.compactMap { found[id($0)].map { merged[$0] } }
        let others = merged.filter { !wanted.contains(id($0)) }
        var result: [JSONValue] = []
        var (left, right) = (others[...], named[...])
        while let other = left.first, let name = right.first {
            if let first = places[id(other)], let second = places[id(name)], first < second {
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
