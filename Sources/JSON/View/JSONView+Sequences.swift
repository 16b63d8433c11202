/// The elements of an array, in order.
package struct JSONElements: Sequence, IteratorProtocol, Sendable {
    let storage: JSONStorage
    var index: Int
    let end: Int

    /// The next element.
    package mutating func next() -> JSONView? {
        guard index < end else { return nil }
        let view = JSONView(storage: storage, index: index)
        index += view.token.width
        return view
    }

    /// At least one if there are more.
    package var underestimatedCount: Int { index < end ? 1 : 0 }
}

/// The members of an object, in order, also those that a later one of the same name overrules.
package struct JSONMembers: Sequence, IteratorProtocol, Sendable {
    var fields: JSONFields

    /// The next member, its name decoded.
    package mutating func next() -> (key: String, value: JSONView)? {
        guard let field = fields.next() else { return nil }
        return (field.name.storage.string(field.name.token), field.value)
    }
}

/// The members of an object, in order, with their names as views: nothing is decoded.
package struct JSONFields: Sequence, IteratorProtocol, Sendable {
    let storage: JSONStorage
    var index: Int
    let end: Int

    /// The next member; its name is a string.
    package mutating func next() -> (name: JSONView, value: JSONView)? {
        guard index < end else { return nil }
        let value = JSONView(storage: storage, index: index + 1)
        defer { index += 1 + value.token.width }
        return (JSONView(storage: storage, index: index), value)
    }
}

extension JSONView {
    /// The elements of an array, in order; none for other kinds.
    package var elements: JSONElements {
        let token = token
        guard token.tag == .array else { return JSONElements(storage: storage, index: 0, end: 0) }
        return JSONElements(storage: storage, index: index + 1, end: index + token.payload)
    }

    /// The members of an object, in order; none for other kinds.
    ///
    /// Names that come twice are given twice; ``subscript(_:)`` takes the last.
    package var members: JSONMembers { JSONMembers(fields: fields) }

    /// As ``members``, with names as views, for code that must not allocate.
    package var fields: JSONFields {
        let token = token
        guard token.tag == .object else { return JSONFields(storage: storage, index: 0, end: 0) }
        return JSONFields(storage: storage, index: index + 1, end: index + token.payload)
    }

    /// The strings among the elements of an array; elements of other kinds are left out.
    package var strings: [String] { elements.compactMap(\.string) }

    /// The string members of an object by name, the last of each; members of other kinds are left out.
    package var stringDictionary: [String: String] {
        var found: [String: String] = [:]
        for (key, value) in members {
            if let text = value.string { found[key] = text }
        }
        return found
    }
}
