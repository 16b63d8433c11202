import JSON
import KubernetesModel

/// Reading members of an object while collecting every problem found.
extension [FieldError] {
    /// The member `key` when it is a text; nil when absent or null. Reports another type.
    package mutating func text(_ key: String, of object: JSONView?, at path: FieldPath) -> String? {
        guard let value = object?[key], !value.isNull else { return nil }
        if let text = value.string { return text }
        append(.invalid(path.child(key), json: value.shortened, "must be a string"))
        return nil
    }

    /// The member `key` when it is a whole number; nil when absent or null. Reports another type, and numbers outside
    /// of `range`.
    @discardableResult
    package mutating func integer(
        _ key: String, of object: JSONView?, at path: FieldPath, in range: ClosedRange<Int>
    ) -> Int? {
        guard let value = object?[key], !value.isNull else { return nil }
        guard let number = value.int else {
            append(.invalid(path.child(key), json: value.shortened, "must be a whole number"))
            return nil
        }
        if number < range.lowerBound {
            append(.invalid(path.child(key), number, "must be greater than or equal to \(range.lowerBound)"))
        } else if number > range.upperBound {
            append(.invalid(path.child(key), number, "must be less than or equal to \(range.upperBound)"))
        }
        return number
    }

    /// The member `key` when it is true or false; nil when absent or null. Reports another type.
    package mutating func boolean(_ key: String, of object: JSONView?, at path: FieldPath) -> Bool? {
        guard let value = object?[key], !value.isNull else { return nil }
        if let bool = value.bool { return bool }
        append(.invalid(path.child(key), json: value.shortened, "must be true or false"))
        return nil
    }

    /// The member `key` when it is an object; nil when absent or null. Reports another type.
    package mutating func object(_ key: String, of object: JSONView?, at path: FieldPath) -> JSONView? {
        guard let value = object?[key], !value.isNull else { return nil }
        if value.kind == .object { return value }
        append(.invalid(path.child(key), json: value.shortened, "must be an object"))
        return nil
    }

    /// Reports members that neither `known` nor `silent` has, so that a typing error is not silent.
    package mutating func refuseUnknown(in object: JSONView, at path: FieldPath, known: [String], silent: [String] = [])
    {
        for member in object.members where !known.contains(member.key) && !silent.contains(member.key) {
            append(.forbidden(path.child(member.key), "unknown field; known fields: \(known.joined(separator: ", "))"))
        }
    }
}

extension JSONView {
    /// The value for a message: long texts and nested values are cut.
    package var shortened: JSONValue {
        let text = string ?? self.text
        guard text.count > 80 else { return JSONValue(self) }
        return JSONValue(String(text.prefix(77)) + "...")
    }
}
