import JSON

extension JSONValue {
    /// Sets a member that is absent or null.
    mutating func setDefault(_ key: String, _ value: JSONValue) {
        if self[key]?.isNull ?? true { self[key] = value }
    }

    /// Sets a text that is absent, null or empty, as Go's zero value is.
    mutating func setDefaultText(_ key: String, _ value: String) {
        if self[key]?.string?.isEmpty ?? true { self[key] = JSONValue(value) }
    }

    /// Changes every element of an array member; nothing if there is no such array.
    mutating func mapElements(_ key: String, _ change: (inout JSONValue) -> Void) {
        guard let array = self[key]?.array else { return }
        self[key] = JSONValue(
            array.map { element in
                var element = element
                change(&element)
                return element
            })
    }

    /// Changes a member that is an object; nothing if there is none.
    mutating func mapObject(_ key: String, _ change: (inout JSONValue) -> Void) {
        guard var value = self[key], value.kind == .object else { return }
        change(&value)
        self[key] = value
    }

    /// The value without members that are null, at any depth: what decoding into a typed object leaves.
    var withoutNulls: JSONValue {
        switch kind {
        case .object:
            let kept = (members ?? []).filter { !$0.value.isNull }
            return .object(kept.map { ($0.key, $0.value.withoutNulls) })
        case .array: return JSONValue(elements.map(\.withoutNulls))
        default: return self
        }
    }

    /// The value with the last of equal members only, at any depth.
    var withoutDuplicates: JSONValue {
        switch kind {
        case .object:
            var last: [String: Int] = [:]
            let all = members ?? []
            for (index, member) in all.enumerated() { last[member.key] = index }
            return .object(
                all.enumerated().filter { last[$0.element.key] == $0.offset }
                    .map { ($0.element.key, $0.element.value.withoutDuplicates) })
        case .array: return JSONValue(elements.map(\.withoutDuplicates))
        default: return self
        }
    }

    var metadataName: String { self[path: ["metadata", "name"]]?.string ?? "" }
    var metadataNamespace: String? {
        self[path: ["metadata", "namespace"]]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension JSONValue {
    /// The value as Go's `%+v` writes a map: members sorted, no quotes.
    var goText: String {
        switch kind {
        case .object:
            let all = (members ?? []).sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.goText)" }
            return "map[\(all.joined(separator: " "))]"
        case .array: return "[\(elements.map(\.goText).joined(separator: " "))]"
        case .null: return "<nil>"
        default: return string ?? text
        }
    }
}
