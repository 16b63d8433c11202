extension JSONView {
    /// The text of a string, escapes decoded; `nil` for other kinds.
    package var string: String? {
        let token = token
        guard token.tag == .string || token.tag == .escapedString else { return nil }
        return storage.string(token)
    }

    /// `true` or `false`; `nil` for other kinds.
    package var bool: Bool? {
        switch token.tag {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// An integer, exactly; `nil` for other kinds, for numbers with a fraction or exponent (also `1.0`, `1e2`), and
    /// when it does not fit.
    package var int: Int? {
        let token = token
        guard token.tag == .integer else { return nil }
        return JSONNumber.integer(storage.bytes[token.offset..<token.offset + token.payload])
    }

    /// As ``int``.
    package var int64: Int64? { int.map(Int64.init) }

    /// A number as the nearest double; `nil` for other kinds. Infinite when it is beyond what a double can hold.
    package var double: Double? { numberText.flatMap { Double($0) } }

    /// A number as it is written; `nil` for other kinds.
    package var numberText: String? {
        let tag = token.tag
        return tag == .integer || tag == .decimal ? text : nil
    }

    /// Whether this is a string with exactly this text. Allocates nothing unless the string has escapes.
    package func stringEquals(_ other: String) -> Bool {
        var other = other
        return other.withUTF8 { storage.text(of: token, equals: $0) }
    }
}
