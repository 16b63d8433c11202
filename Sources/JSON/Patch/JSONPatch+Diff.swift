extension JSONPatch {
    /// A patch that makes `from` into a value that equals `to`.
    ///
    /// Objects are compared member by member. Of arrays, equal elements at both ends are kept, those between are
    /// compared in pairs, and the rest is removed or inserted.
    package static func diff(from: JSONValue, to: JSONValue) -> JSONPatch {
        var patch = JSONPatch()
        patch.appendDiff(from, to, at: JSONPointer())
        return patch
    }

    private mutating func appendDiff(_ from: JSONValue, _ to: JSONValue, at path: JSONPointer) {
        guard !from.isWritten(as: to) else { return }
        switch (from.kind, to.kind) {
        case (.object, .object): appendMembersDiff(from.fields, to.fields, at: path)
        case (.array, .array): appendElementsDiff(from.elements, to.elements, at: path)
        default:
            if from != to { operations.append(.replace(path, to)) }
        }
    }

    private mutating func appendMembersDiff(
        _ old: [JSONValue.Member], _ new: [JSONValue.Member], at path: JSONPointer
    ) {
        let oldIndex = NameIndex(old)
        let newIndex = NameIndex(new)
        for member in old where newIndex.place(of: member.name.text, in: new) == nil {
            operations.append(.remove(path.appending(member.name.text)))
        }
        for member in new {
            let place = path.appending(member.name.text)
            if let known = oldIndex.place(of: member.name.text, in: old) {
                appendDiff(old[known].value, member.value, at: place)
            } else {
                operations.append(.add(place, member.value))
            }
        }
    }

    private mutating func appendElementsDiff(_ old: [JSONValue], _ new: [JSONValue], at path: JSONPointer) {
        let shorter = min(old.count, new.count)
        var start = 0
        while start < shorter, old[start] == new[start] { start += 1 }
        var kept = 0
        while kept < shorter - start, old[old.count - 1 - kept] == new[new.count - 1 - kept] { kept += 1 }
        let oldEnd = old.count - kept
        let newEnd = new.count - kept
        let paired = min(oldEnd, newEnd)
        for position in start..<max(start, paired) {
            appendDiff(old[position], new[position], at: path.appending("\(position)"))
        }
        for position in (paired..<max(paired, oldEnd)).reversed() {
            operations.append(.remove(path.appending("\(position)")))
        }
        for position in paired..<max(paired, newEnd) {
            operations.append(.add(path.appending("\(position)"), new[position]))
        }
    }
}
