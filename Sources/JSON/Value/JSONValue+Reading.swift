extension JSONValue {
    /// Which of the six kinds the value is.
    package var kind: JSONKind {
        switch node {
        case .view(let view): view.kind
        case .null: .null
        case .bool: .bool
        case .int, .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// Whether the value is `null`.
    package var isNull: Bool { kind == .null }

    /// The text of a string; `nil` for other kinds.
    package var string: String? {
        switch node {
        case .view(let view): view.string
        case .string(let string): string
        default: nil
        }
    }

    /// An integer, exactly; `nil` for other kinds, for numbers with a fraction or exponent, and when it does not fit.
    package var int: Int? {
        switch node {
        case .view(let view): view.int
        case .int(let int): int
        default: nil
        }
    }

    /// `true` or `false`; `nil` for other kinds.
    package var bool: Bool? {
        switch node {
        case .view(let view): view.bool
        case .bool(let bool): bool
        default: nil
        }
    }

    /// A number as the nearest double; `nil` for other kinds.
    package var double: Double? { numberText.flatMap { Double($0) } }

    /// A number as it is written; `nil` for other kinds.
    package var numberText: String? {
        switch node {
        case .view(let view): view.numberText
        case .int(let int): "\(int)"
        case .number(let text): text
        default: nil
        }
    }

    /// How many elements, or members of different names; 0 for other kinds.
    package var count: Int {
        switch node {
        case .view(let view): view.kind == .object ? fields.count : view.count
        case .array(let elements): elements.count
        case .object(let members): members.count
        default: 0
        }
    }

    /// Whether there are no elements or members; true for other kinds.
    package var isEmpty: Bool {
        switch node {
        case .view(let view): view.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        default: true
        }
    }

    /// The elements of an array; `nil` for other kinds.
    package var array: [JSONValue]? {
        switch node {
        case .view(let view): view.kind == .array ? view.elements.map { JSONValue($0) } : nil
        case .array(let elements): elements
        default: nil
        }
    }

    /// The members of an object in their order, each name once; `nil` for other kinds.
    package var members: [(key: String, value: JSONValue)]? {
        guard kind == .object else { return nil }
        return fields.map { ($0.name.text, $0.value) }
    }

    /// The names of an object's members in their order; none for other kinds.
    package var keys: [String] { fields.map(\.name.text) }

    /// The elements of an array; none for other kinds.
    package var elements: [JSONValue] { array ?? [] }

    /// The strings among the elements of an array; elements of other kinds are left out.
    package var strings: [String] { elements.compactMap(\.string) }

    /// The members of an object, each name once; none for other kinds.
    var fields: [Member] {
        switch node {
        case .object(let members): members
        case .view(let view):
            JSONValue.unique(view.fields.map { Member(name: Name($0.name), value: JSONValue($0.value)) })
        default: []
        }
    }

    /// The value at a JSON pointer; `nil` if it is not there or the pointer is not valid.
    package subscript(pointer text: String) -> JSONValue? {
        guard let pointer = try? JSONPointer(parsing: text) else { return nil }
        return self[pointer]
    }

    /// The value at a JSON pointer; `nil` if it is not there.
    package subscript(_ pointer: JSONPointer) -> JSONValue? {
        var found = self
        for token in pointer.tokens {
            let next = found.kind == .array ? JSONPointer.position(token).flatMap { found[$0] } : found[token]
            guard let next else { return nil }
            found = next
        }
        return found
    }
}
