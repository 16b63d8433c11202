extension JSONValue: CustomStringConvertible {
    /// The value as JSON text; untouched parts as they stood in their document, the rest without spaces.
    package var bytes: [UInt8] {
        if case .view(let view) = node { return Array(view.raw) }
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// The value as JSON text; untouched parts as they stood in their document, the rest without spaces.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The same as ``text``.
    package var description: String { text }

    /// The value as a document, for reading it by views.
    ///
    /// An untouched value shares the document it came from. Throws ``JSONError`` if values were nested too deeply.
    package func document(limits: JSONLimits = .default) throws(JSONError) -> JSONDocument {
        if case .view(let view) = node { return view.document }
        return try JSONDocument(parsing: bytes, limits: limits)
    }

    /// The value without spaces and with members sorted by the bytes of their names: equal for values that mean the
    /// same, except for the ways to write a number.
    package var canonicalBytes: [UInt8] {
        var out = JSONPrinter(indent: nil, sortsNames: true)
        out.print(self, depth: 0)
        return out.bytes
    }

    /// The value for people: a line for each element and member, indented by so many spaces a level.
    package func prettyBytes(indent: Int = 2) -> [UInt8] {
        var out = JSONPrinter(indent: indent, sortsNames: false)
        out.print(self, depth: 0)
        return out.bytes
    }

    /// ``prettyBytes(indent:)`` as a string.
    package func prettyText(indent: Int = 2) -> String { String(decoding: prettyBytes(indent: indent), as: UTF8.self) }
}

/// Writes values anew, with a layout of its own.
struct JSONPrinter {
    var bytes: [UInt8] = []
    /// Spaces a level; `nil` writes all in one line without spaces.
    let indent: Int?
    let sortsNames: Bool

    init(indent: Int?, sortsNames: Bool) {
        self.indent = indent
        self.sortsNames = sortsNames
    }

    mutating func print(_ value: JSONValue, depth: Int) {
        switch value.kind {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool: bytes.append(contentsOf: (value.bool == true ? "true" : "false").utf8)
        case .number: bytes.append(contentsOf: (value.numberText ?? "0").utf8)
        case .string: JSONEscapes.append(value.string ?? "", to: &bytes)
        case .array:
            let elements = value.elements
            list(elements, Byte.openBracket, Byte.closeBracket, depth) { $0.print($1, depth: depth + 1) }
        case .object:
            var members = value.fields
            if sortsNames { members.sort { $0.name.text.utf8.lexicographicallyPrecedes($1.name.text.utf8) } }
            list(members, Byte.openBrace, Byte.closeBrace, depth) { out, member in
                JSONEscapes.append(member.name.text, to: &out.bytes)
                out.bytes.append(Byte.colon)
                if out.indent != nil { out.bytes.append(Byte.space) }
                out.print(member.value, depth: depth + 1)
            }
        }
    }

    private mutating func list<Item>(
        _ items: [Item], _ open: UInt8, _ close: UInt8, _ depth: Int, _ body: (inout JSONPrinter, Item) -> Void
    ) {
        bytes.append(open)
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(Byte.comma) }
            breakLine(depth + 1)
            body(&self, item)
        }
        if !items.isEmpty { breakLine(depth) }
        bytes.append(close)
    }

    private mutating func breakLine(_ depth: Int) {
        guard let indent else { return }
        bytes.append(Byte.newline)
        bytes.append(contentsOf: repeatElement(Byte.space, count: depth * indent))
    }
}
