/// JSON merge patch (RFC 7386): an object whose members replace those of the target, and whose nulls remove them.
package enum JSONMergePatch {
    /// The target as the patch changes it. Parts that the patch does not name stay byte for byte as they are.
    package static func apply(_ patch: JSONValue, to target: JSONValue) -> JSONValue {
        guard patch.kind == .object else { return patch }
        let changes = patch.fields
        if changes.isEmpty, target.kind == .object { return target }
        var result = target
        result.withMembers { members in
            let index = NameIndex(members)
            let known = members.count
            var removed: Set<Int> = []
            let before = members
            for change in changes {
                let place = index.place(of: change.name.text, in: before)
                if change.value.isNull {
                    if let place { removed.insert(place) }
                } else if let place {
                    members[place].value = apply(change.value, to: members[place].value)
                } else {
                    members.append(JSONValue.Member(name: change.name, value: apply(change.value, to: .null)))
                }
            }
            guard !removed.isEmpty else { return }
            members = members.enumerated().filter { $0.offset >= known || !removed.contains($0.offset) }.map(\.element)
        }
        return result
    }

    /// The smallest patch that makes `from` into `to`.
    ///
    /// Merge patch cannot say that a member becomes null: members that are null in `to` are removed instead.
    package static func diff(from: JSONValue, to: JSONValue) -> JSONValue {
        guard from.kind == .object, to.kind == .object else { return to }
        let old = from.fields
        let new = to.fields
        let oldIndex = NameIndex(old)
        let newIndex = NameIndex(new)
        var changes: [JSONValue.Member] = []
        for member in old where newIndex.place(of: member.name.text, in: new) == nil {
            changes.append(JSONValue.Member(name: member.name, value: .null))
        }
        for member in new {
            guard let place = oldIndex.place(of: member.name.text, in: old) else {
                if !member.value.isNull { changes.append(member) }
                continue
            }
            let before = old[place].value
            guard !before.isWritten(as: member.value) else { continue }
            if before.kind == .object, member.value.kind == .object {
                let inner = diff(from: before, to: member.value)
                if !inner.isEmpty { changes.append(JSONValue.Member(name: member.name, value: inner)) }
            } else if before != member.value {
                changes.append(member)
            }
        }
        return JSONValue(node: .object(changes))
    }
}
