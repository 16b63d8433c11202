package import JSON

/// YAML as Kubernetes reads and writes it.
///
/// Plain scalars mean what sigs.k8s.io/yaml makes of them (YAML 1.1 booleans such as `yes` and `off`, octal, hexadecimal
/// and binary integers, `~` for null); timestamps stay strings. Mapping keys become strings. Anchors, aliases and merge
/// keys (`<<`, where explicit keys win) are expanded. Source: sigs.k8s.io/yaml and goyaml.v2 `resolve.go`.
package enum YAML {
    /// Reads the documents of a stream. Documents without content, such as comments alone, are left out.
    ///
    /// Throws ``YAMLError`` with line and column for malformed YAML, a key that occurs twice, values that JSON cannot hold
    /// and more than `limits` allow.
    package static func parse(_ bytes: [UInt8], limits: YAMLLimits = .default) throws(YAMLError) -> [JSONValue] {
        guard bytes.count <= limits.maximumBytes else {
            throw YAMLError(
                line: 0, column: 0,
                message: "the text has \(bytes.count) bytes; at most \(limits.maximumBytes) are read")
        }
        let events = try EventReader(bytes)
        var builder = TreeBuilder(limits: limits)
        while let event = try events.next() { try builder.add(event) }
        return builder.documents
    }

    /// Reads the documents of a text; see ``parse(_:limits:)-([UInt8],_)``.
    package static func parse(_ text: String, limits: YAMLLimits = .default) throws(YAMLError) -> [JSONValue] {
        try parse(Array(text.utf8), limits: limits)
    }

    /// Writes a value as one document in block style, with a line break at its end.
    ///
    /// Strings are quoted where a plain scalar would be read as something else; several lines become a literal block.
    /// Sequences start at the column of their key, members keep their order. ``parse(_:limits:)-([UInt8],_)`` reads the
    /// same value back.
    package static func emit(_ value: JSONValue) -> String {
        var emitter = Emitter()
        emitter.document(value)
        return emitter.text
    }
}

/// How much a YAML text may ask of us.
package struct YAMLLimits: Sendable, Hashable {
    /// Bytes of the text, at least 0.
    package var maximumBytes: Int
    /// Sequences and mappings within each other, at least 1.
    package var maximumDepth: Int
    /// Values and their bytes after aliases are expanded, so that a small text cannot become a huge value.
    package var maximumExpandedSize: Int

    /// 16 MiB of text, 200 levels, 64 MiB expanded.
    package static let `default` = YAMLLimits()

    /// Limits; what is not given is as in ``default``.
    package init(
        maximumBytes: Int = 16 << 20, maximumDepth: Int = 200, maximumExpandedSize: Int = 64 << 20
    ) {
        self.maximumBytes = maximumBytes
        self.maximumDepth = maximumDepth
        self.maximumExpandedSize = maximumExpandedSize
    }
}

/// Why a text is no YAML that we can use.
package struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1; 0 if the problem has no place.
    package var line: Int
    /// The column in characters, from 1; 0 if the problem has no place.
    package var column: Int
    /// What is wrong.
    package var message: String

    /// A problem at a place.
    package init(line: Int, column: Int, message: String) {
        self.line = line
        self.column = column
        self.message = message
    }

    /// `line 3, column 7: found character that cannot start any token`.
    package var description: String {
        line > 0 ? "line \(line), column \(column): \(message)" : message
    }
}
