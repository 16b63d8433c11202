import JSON

extension JSONValue {
    /// This value with the changes of a fixture, which reads like `kubectl patch`:
    ///
    /// - In mappings every member changes the member of its name; null removes it.
    /// - In lists whose entries have a `mountPath` or a `name`, entries change those of the same one. A new entry goes
    ///   before the next entry written below it, or to the end.
    /// - Everything else takes the place of what was there.
    package func changed(by changes: JSONValue) -> JSONValue {
        if let members = changes.members {
            var result = kind == .object ? self : [:]
            for (key, value) in members {
                if value.isNull {
                    result.remove(key)
                } else {
                    result[key] = (result[key] ?? .null).changed(by: value)
                }
            }
            return result
        }
        guard let entries = changes.array, let key = Self.mergeKey(of: entries), let before = array else {
            return changes.withoutNull
        }
        return JSONValue(Self.merged(before, entries, by: key))
    }

    private static func merged(_ before: [JSONValue], _ entries: [JSONValue], by key: String) -> [JSONValue] {
        var result = before
        var place = result.count
        for entry in entries.reversed() {
            if let index = result.firstIndex(where: { $0[key] == entry[key] }) {
                result[index] = result[index].changed(by: entry)
                place = index
            } else {
                result.insert(entry.withoutNull, at: place)
            }
        }
        return result
    }

    /// Where this value and `other` differ, as lines `path: this, not that`; none when they mean the same. Texts that
    /// hold JSON mean what that means.
    package func differences(from other: JSONValue, at path: String = "") -> [String] {
        if self == other { return [] }
        if let mine = members, let theirs = other.members {
            let keys = mine.map(\.key) + theirs.map(\.key).filter { self[$0] == nil }
            return keys.flatMap { key -> [String] in
                let place = path.isEmpty ? key : path + "." + key
                guard let mine = self[key], let theirs = other[key] else {
                    return ["\(place): \(self[key]?.text ?? "absent"), not \(other[key]?.text ?? "absent")"]
                }
                return mine.differences(from: theirs, at: place)
            }
        }
        if let mine = array, let theirs = other.array, mine.count == theirs.count {
            return mine.indices.flatMap { mine[$0].differences(from: theirs[$0], at: "\(path)[\($0)]") }
        }
        if let mine = embedded, mine == other.embedded { return [] }
        return ["\(path): \(text), not \(other.text)"]
    }

    /// The JSON that annotations and variables hold as text.
    private var embedded: JSONValue? {
        string.flatMap { $0.hasPrefix("{") || $0.hasPrefix("[") ? try? JSONValue(parsing: $0) : nil }
    }

    private static func mergeKey(of entries: [JSONValue]) -> String? {
        ["mountPath", "name"].first { key in !entries.isEmpty && entries.allSatisfy { $0[key]?.string != nil } }
    }

    /// A new mapping has nothing to remove.
    private var withoutNull: JSONValue {
        if let members { return .object(members.filter { !$0.value.isNull }.map { ($0.key, $0.value.withoutNull) }) }
        return array.map { JSONValue($0.map(\.withoutNull)) } ?? self
    }
}
