extension JSONView {
    /// The value of a member. Throws ``JSONError`` if it is not there or this is not an object.
    package func require(_ key: String) throws(JSONError) -> JSONView {
        if let found = self[key] { return found }
        guard kind == .object else { throw wrongType(expected: .object) }
        throw JSONError(
            .missing, pointer: pointer + JSONPointer([key]).description, "this member is required and is not there")
    }

    /// This value's text. Throws ``JSONError`` if it is not a string.
    package func requireString() throws(JSONError) -> String {
        guard let string else { throw wrongType(expected: .string) }
        return string
    }

    /// This value as an exact integer. Throws ``JSONError`` if it is not a number, not an integer or does not fit.
    package func requireInt() throws(JSONError) -> Int {
        if let int { return int }
        guard let numberText else { throw wrongType(expected: .number) }
        throw JSONError(
            .wrongType, pointer: pointer, "expected an integer of at most 64 bits, found \(numberText.prefix(40))")
    }

    /// This value as `true` or `false`. Throws ``JSONError`` if it is neither.
    package func requireBool() throws(JSONError) -> Bool {
        guard let bool else { throw wrongType(expected: .bool) }
        return bool
    }

    /// This value as a double. Throws ``JSONError`` if it is not a number.
    package func requireDouble() throws(JSONError) -> Double {
        guard let double else { throw wrongType(expected: .number) }
        return double
    }

    /// This value. Throws ``JSONError`` if it is not an array.
    package func requireArray() throws(JSONError) -> JSONView {
        guard kind == .array else { throw wrongType(expected: .array) }
        return self
    }

    /// This value. Throws ``JSONError`` if it is not an object.
    package func requireObject() throws(JSONError) -> JSONView {
        guard kind == .object else { throw wrongType(expected: .object) }
        return self
    }

    /// A member's text. Throws ``JSONError`` if it is not there or not a string.
    package func requireString(_ key: String) throws(JSONError) -> String { try require(key).requireString() }

    /// A member as an exact integer. Throws ``JSONError`` if it is not there or not an integer.
    package func requireInt(_ key: String) throws(JSONError) -> Int { try require(key).requireInt() }

    /// A member as `true` or `false`. Throws ``JSONError`` if it is not there or neither.
    package func requireBool(_ key: String) throws(JSONError) -> Bool { try require(key).requireBool() }

    /// A member as a double. Throws ``JSONError`` if it is not there or not a number.
    package func requireDouble(_ key: String) throws(JSONError) -> Double { try require(key).requireDouble() }

    /// A member that is an array. Throws ``JSONError`` if it is not there or not an array.
    package func requireArray(_ key: String) throws(JSONError) -> JSONView { try require(key).requireArray() }

    /// A member that is an object. Throws ``JSONError`` if it is not there or not an object.
    package func requireObject(_ key: String) throws(JSONError) -> JSONView { try require(key).requireObject() }

    /// The error for a value of another kind than the one expected.
    package func wrongType(expected: JSONKind) -> JSONError {
        JSONError(.wrongType, pointer: pointer, "expected \(expected), found \(kind)")
    }
}
