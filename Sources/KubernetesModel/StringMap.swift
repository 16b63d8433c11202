package import JSON

/// A map of strings in an object (labels, annotations, a node selector), read by view.
package struct StringMap: Sendable, Equatable {
    /// The JSON object; nil reads as an empty map.
    package let json: JSONView?

    /// A view of `json`; nil or a value that is no object reads as an empty map.
    package init(json: JSONView?) {
        self.json = json
    }

    /// The value of `key`; nil if absent.
    package subscript(_ key: String) -> String? { json?[key]?.string }

    /// The value of a typed label; nil if absent or not of its type.
    package subscript<Value>(_ key: LabelKey<Value>) -> Value? {
        self[key.name].flatMap { Value(keyText: $0) }
    }

    /// The value of a typed annotation; nil if absent or not of its type.
    package subscript<Value>(_ key: AnnotationKey<Value>) -> Value? {
        self[key.name].flatMap { Value(keyText: $0) }
    }

    /// The pairs in the order of the text.
    package var pairs: [(String, String)] {
        guard let json else { return [] }
        return json.members.compactMap { member in member.value.string.map { (member.key, $0) } }
    }

    /// The pairs as a dictionary.
    package var dictionary: [String: String] {
        Dictionary(pairs, uniquingKeysWith: { _, last in last })
    }

    /// Whether there are no pairs.
    package var isEmpty: Bool { json?.isEmpty ?? true }

    /// Whether every pair of `wanted` is in the map: an equality-based selector.
    package func contains(_ wanted: StringMap) -> Bool {
        wanted.pairs.allSatisfy { self[$0.0] == $0.1 }
    }

    package static func == (left: StringMap, right: StringMap) -> Bool {
        left.dictionary == right.dictionary
    }
}
