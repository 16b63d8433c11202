/// Header fields in the order received; names compare without regard to case (RFC 9110, section 5.1).
package struct HTTPHeaders: Sendable {
    /// The fields in order, as received.
    package private(set) var fields: [(name: String, value: String)] = []

    /// No fields.
    package init() {}

    /// The given fields, in order.
    package init(_ fields: [(String, String)]) {
        for (name, value) in fields { append(name, value) }
    }

    /// The first value of a field, or `nil`.
    package subscript(_ name: String) -> String? {
        fields.first { Self.matches($0.name, name) }?.value
    }

    /// All values of a field, in order.
    package func values(of name: String) -> [String] {
        fields.filter { Self.matches($0.name, name) }.map(\.value)
    }

    /// Adds a field at the end.
    package mutating func append(_ name: String, _ value: String) {
        fields.append((name: name, value: value))
    }

    static func matches(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count
            && zip(one.utf8, other.utf8).allSatisfy { lowercased($0) == lowercased($1) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
