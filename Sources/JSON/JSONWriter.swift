/// Writes JSON text piece by piece, without spaces, and splices parts of other documents in unchanged.
///
/// Commas are written where they are due. The caller's part is to close what it opens and to give a name before each
/// value of an object.
package struct JSONWriter: Sendable {
    /// The text so far.
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// An empty text, with room for so many bytes.
    package init(reservingBytes capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// The text so far, as a string.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    private mutating func beginValue() {
        if needsComma { bytes.append(Byte.comma) }
        needsComma = true
    }

    /// Opens an object.
    package mutating func beginObject() {
        beginValue()
        bytes.append(Byte.openBrace)
        needsComma = false
    }

    /// Closes an object.
    package mutating func endObject() {
        bytes.append(Byte.closeBrace)
        needsComma = true
    }

    /// Opens an array.
    package mutating func beginArray() {
        beginValue()
        bytes.append(Byte.openBracket)
        needsComma = false
    }

    /// Closes an array.
    package mutating func endArray() {
        bytes.append(Byte.closeBracket)
        needsComma = true
    }

    /// Writes the name of the next value.
    package mutating func key(_ name: String) {
        beginValue()
        JSONEscapes.append(name, to: &bytes)
        endKey()
    }

    /// Writes a name as it stands in another document.
    mutating func key(raw name: JSONView) {
        beginValue()
        bytes.append(contentsOf: name.raw)
        endKey()
    }

    private mutating func endKey() {
        bytes.append(Byte.colon)
        needsComma = false
    }

    /// Writes a string.
    package mutating func string(_ value: String) {
        beginValue()
        JSONEscapes.append(value, to: &bytes)
    }

    /// Writes an integer.
    package mutating func int(_ value: Int) {
        beginValue()
        bytes.append(contentsOf: String(value).utf8)
    }

    /// Writes a number; `null` if it is not finite.
    package mutating func double(_ value: Double) {
        self.value(JSONValue(value))
    }

    /// Writes `true` or `false`.
    package mutating func bool(_ value: Bool) {
        beginValue()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Writes `null`.
    package mutating func null() {
        beginValue()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes the text of one value that is known to be valid JSON, unchanged.
    package mutating func raw(_ text: ArraySlice<UInt8>) {
        beginValue()
        bytes.append(contentsOf: text)
    }

    /// Writes the text of one value that is known to be valid JSON, unchanged.
    package mutating func raw(_ text: [UInt8]) {
        raw(text[...])
    }

    /// Writes a number's text, which must be a JSON number.
    mutating func number(_ text: String) {
        beginValue()
        bytes.append(contentsOf: text.utf8)
    }

    /// Writes a value of a document, unchanged.
    package mutating func value(_ view: JSONView) {
        raw(view.raw)
    }

    /// Writes a value; what is untouched in it is written unchanged.
    package mutating func value(_ value: JSONValue) {
        switch value.node {
        case .view(let view): self.value(view)
        case .null: null()
        case .bool(let bool): self.bool(bool)
        case .int(let int): self.int(int)
        case .number(let text): number(text)
        case .string(let string): self.string(string)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let members):
            beginObject()
            for member in members {
                if let source = member.name.source {
                    key(raw: source)
                } else {
                    key(member.name.text)
                }
                self.value(member.value)
            }
            endObject()
        }
    }
}
