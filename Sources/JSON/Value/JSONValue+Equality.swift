extension JSONValue: Hashable {
    /// Whether two values mean the same: numbers by their exact value, strings by their characters' code points,
    /// objects whatever their order.
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        if left.isWritten(as: right) { return true }
        let kind = left.kind
        guard kind == right.kind else { return false }
        switch kind {
        case .null: return true
        case .bool: return left.bool == right.bool
        case .number: return left.hasSameNumber(as: right)
        case .string: return (left.string ?? "").hasSameBytes(as: right.string ?? "")
        case .array: return left.elements == right.elements
        case .object: return left.hasSameMembers(as: right)
        }
    }

    /// Whether both are untouched parts of documents with the same bytes: then they are equal, and it was cheap to see.
    func isWritten(as other: JSONValue) -> Bool {
        guard case .view(let one) = node, case .view(let another) = other.node else { return false }
        return one.storage === another.storage && one.index == another.index || one.raw == another.raw
    }

    private func hasSameNumber(as other: JSONValue) -> Bool {
        if let mine = int, let theirs = other.int { return mine == theirs }
        let mine = numberText ?? ""
        let theirs = other.numberText ?? ""
        return mine == theirs || JSONNumber.exact(mine.utf8) == JSONNumber.exact(theirs.utf8)
    }

    private func hasSameMembers(as other: JSONValue) -> Bool {
        let mine = fields
        let theirs = other.fields
        guard mine.count == theirs.count else { return false }
        let index = NameIndex(theirs)
        return mine.allSatisfy { member in
            index.place(of: member.name.text, in: theirs).map { theirs[$0].value == member.value } ?? false
        }
    }

    /// Feeds what `==` compares.
    package func hash(into hasher: inout Hasher) {
        switch kind {
        case .null: hasher.combine(0)
        case .bool: hasher.combine(bool)
        case .number: hasher.combine(JSONNumber.exact((numberText ?? "").utf8))
        case .string: hasher.combine(string)
        case .array: hasher.combine(elements)
        case .object:
            // Order must not count, so members are hashed one by one and added up.
            var sum = 0
            for member in fields {
                var one = Hasher()
                one.combine(member.name.text)
                one.combine(member.value)
                sum &+= one.finalize()
            }
            hasher.combine(sum)
        }
    }
}

extension JSONView: Hashable {
    /// Whether two values mean the same, as for ``JSONValue``.
    package static func == (left: JSONView, right: JSONView) -> Bool { JSONValue(left) == JSONValue(right) }

    /// Feeds what `==` compares.
    package func hash(into hasher: inout Hasher) { JSONValue(self).hash(into: &hasher) }
}
