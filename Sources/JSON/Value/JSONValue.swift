/// A JSON value that can be changed.
///
/// Whatever is not touched stays a part of the document it came from and is written byte for byte as it stood there.
/// A change rewrites only the brackets on the way to it. Copies share everything until one is changed.
package struct JSONValue: Sendable {
    /// The kinds of values.
    package typealias Kind = JSONKind

    /// A member's name. One that was written with escapes keeps its text.
    struct Name: Sendable {
        var text: String
        var source: JSONView?

        init(_ text: String) { self.text = text }

        init(_ view: JSONView) {
            text = view.storage.string(view.token)
            source = view.token.tag == .escapedString ? view : nil
        }
    }

    struct Member: Sendable {
        var name: Name
        var value: JSONValue
    }

    enum Node: Sendable {
        case view(JSONView)
        case null
        case bool(Bool)
        case int(Int)
        /// A number's text.
        case number(String)
        case string(String)
        case array([JSONValue])
        /// Names differ from each other.
        case object([Member])
    }

    var node: Node

    init(node: Node) { self.node = node }

    /// The value `null`.
    package static let null = JSONValue(node: .null)

    /// A value of a document, untouched.
    package init(_ view: JSONView) { node = .view(view) }

    /// The value of a whole document, untouched.
    package init(_ document: JSONDocument) { node = .view(document.root) }

    /// Reads a text; see ``JSONDocument/init(parsing:limits:)``.
    package init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        self.init(try JSONDocument(parsing: bytes, limits: limits))
    }

    /// Reads a text; see ``JSONDocument/init(parsing:limits:)``.
    package init(parsing text: String, limits: JSONLimits = .default) throws(JSONError) {
        self.init(try JSONDocument(parsing: text, limits: limits))
    }

    /// A string.
    package init(_ string: String) { node = .string(string) }

    /// An integer.
    package init(_ int: Int) { node = .int(int) }

    /// `true` or `false`.
    package init(_ bool: Bool) { node = .bool(bool) }

    /// A number; `null` if it is not finite, which JSON cannot write.
    package init(_ double: Double) { node = double.isFinite ? .number("\(double)") : .null }

    /// An array.
    package init(_ elements: [JSONValue]) { node = .array(elements) }

    /// An array of strings.
    package init(_ strings: [String]) { node = .array(strings.map { JSONValue($0) }) }

    /// An object of strings, sorted by name.
    package init(_ strings: [String: String]) {
        node = .object(
            strings.sorted { $0.key < $1.key }.map { Member(name: Name($0.key), value: JSONValue($0.value)) })
    }

    /// A number as it is written. Throws ``JSONError`` if the text is not a JSON number.
    package init(numberText: String) throws(JSONError) {
        let view = try JSONDocument(parsing: numberText).root
        guard view.kind == .number else { throw view.wrongType(expected: .number) }
        node = .view(view)
    }

    /// An object of these members, in this order; of the same name the last counts.
    package static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        JSONValue(node: .object(unique(members.map { Member(name: Name($0.0), value: $0.1) })))
    }

    /// An array of these elements.
    package static func array(_ elements: [JSONValue]) -> JSONValue { JSONValue(elements) }

    /// The members with the last of each name, at the place of its first.
    static func unique(_ members: [Member]) -> [Member] {
        var kept: [Member] = []
        kept.reserveCapacity(members.count)
        var places = NameIndex()
        for member in members {
            if let place = places.add(member.name.text, in: kept) {
                kept[place].value = member.value
            } else {
                kept.append(member)
            }
        }
        return kept
    }
}

/// Member names compare by their bytes, not as Swift compares strings: "é" has two spellings, which are two names.
struct NameKey: Hashable {
    var text: String

    static func == (left: NameKey, right: NameKey) -> Bool { left.text.hasSameBytes(as: right.text) }
}

extension String {
    /// Whether two strings have the same code points.
    func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}

/// Finds members by name: by looking at each while they are few, with a dictionary when they are many.
struct NameIndex {
    private static let few = 16
    private var places: [NameKey: Int] = [:]

    init() {}

    /// An index of all members.
    init(_ members: [JSONValue.Member]) {
        guard members.count > NameIndex.few else { return }
        for (place, member) in members.enumerated() { places[NameKey(text: member.name.text)] = place }
    }

    /// The place of a name among members that this index was made of.
    func place(of name: String, in members: [JSONValue.Member]) -> Int? {
        members.count > NameIndex.few
            ? places[NameKey(text: name)]
            : members.firstIndex { $0.name.text.hasSameBytes(as: name) }
    }

    /// The place of a name among members, or `nil` if it is new and about to become the last.
    mutating func add(_ name: String, in members: [JSONValue.Member]) -> Int? {
        if let place = place(of: name, in: members) { return place }
        if members.count == NameIndex.few {
            self = NameIndex()
            for (place, member) in members.enumerated() { places[NameKey(text: member.name.text)] = place }
        }
        if members.count >= NameIndex.few { places[NameKey(text: name)] = members.count }
        return nil
    }
}
