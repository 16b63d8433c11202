import NIOHTTP1

/// The header fields of a request or response, in order; names compare without regard to case (RFC 9110 section 5.1).
package struct HeaderFields: Sendable, Hashable, ExpressibleByDictionaryLiteral, CustomStringConvertible {
    var storage: HTTPHeaders

    /// No fields.
    package init() { storage = HTTPHeaders() }

    /// The fields in order; a name may come twice.
    package init(_ fields: [(String, String)]) { storage = HTTPHeaders(fields) }

    package init(dictionaryLiteral elements: (String, String)...) { storage = HTTPHeaders(elements) }

    init(_ storage: HTTPHeaders) { self.storage = storage }

    /// The first value of a field; setting replaces all its values, `nil` removes them.
    package subscript(name: String) -> String? {
        get { storage.first(name: name) }
        set {
            if let newValue { storage.replaceOrAdd(name: name, value: newValue) } else { storage.remove(name: name) }
        }
    }

    /// Every value of a field, in order.
    package func values(_ name: String) -> [String] { storage[name] }

    /// Adds a field, keeping those of the same name.
    package mutating func add(_ name: String, _ value: String) { storage.add(name: name, value: value) }

    /// All fields in order, names as they were written.
    package var pairs: [(name: String, value: String)] { storage.map { ($0.name, $0.value) } }

    /// The media type of `Content-Type` without parameters, in lower case; `nil` when the field is absent.
    package var contentType: String? {
        guard let value = storage.first(name: "content-type") else { return nil }
        let type = value.prefix { $0 != ";" }
        return String(type.filter { $0 != " " && $0 != "\t" }).lowercased()
    }

    package static func == (left: HeaderFields, right: HeaderFields) -> Bool { left.storage == right.storage }

    package func hash(into hasher: inout Hasher) {
        for field in storage { hasher.combine(field.name.lowercased()) }
    }

    package var description: String { storage.map { "\($0.name): \($0.value)" }.joined(separator: ", ") }
}
