package import JSON

/// Demands on fields of an object, as a query string: `metadata.name=a,status.phase!=Running`.
///
/// A field that is absent compares as the empty string. Backslashes escape `,`, `=` and themselves in values.
/// Source: apimachinery fields.ParseSelector.
package struct FieldSelector: Sendable, Hashable, CustomStringConvertible {
    /// One demand.
    package struct Term: Sendable, Hashable {
        /// The field's path with dots.
        package var field: String
        /// Whether the field must differ.
        package var isNegated: Bool
        /// The text to compare with.
        package var value: String
    }

    /// The demands, all of which must be met.
    package var terms: [Term]

    /// A selector of objects whose `field` reads `value`.
    package init(field: String, equals value: String) {
        terms = [Term(field: field, isNegated: false, value: value)]
    }

    /// Reads a query string; an empty one selects everything. Throws ``SelectorError``.
    package init(parsing text: String) throws(SelectorError) {
        terms = []
        for part in Self.split(text) where !part.isEmpty {
            terms.append(try Self.term(part))
        }
    }

    private static func split(_ text: String) -> [String] {
        var parts = [""]
        var isEscaped = false
        for character in text {
            if character == ",", !isEscaped {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        return parts
    }

    private static func term(_ text: String) throws(SelectorError) -> Term {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw SelectorError("invalid field selector \"\(text)\": expected field=value or field!=value")
        }
        var field = text[..<equals]
        var rest = text[text.index(after: equals)...]
        let isNegated = field.last == "!"
        if isNegated { field.removeLast() }
        if !isNegated, rest.first == "=" { rest.removeFirst() }
        var value = ""
        var isEscaped = false
        for character in rest {
            if character == "\\", !isEscaped {
                isEscaped = true
                continue
            }
            guard isEscaped || character != "=" else {
                throw SelectorError("invalid field selector \"\(text)\": write \\= for an equals sign in a value")
            }
            value.append(character)
            isEscaped = false
        }
        return Term(field: String(field), isNegated: isNegated, value: value)
    }

    /// Whether the object meets all demands.
    package func matches(_ object: JSONView) -> Bool {
        terms.allSatisfy { term in
            (Self.text(of: term.field, in: object) == term.value) != term.isNegated
        }
    }

    private static func text(of field: String, in object: JSONView) -> String {
        var value: JSONView? = object
        for part in field.split(separator: ".") { value = value?[String(part)] }
        guard let value else { return "" }
        return value.string ?? value.numberText ?? value.bool.map { $0 ? "true" : "false" } ?? ""
    }

    /// The query string.
    package var description: String {
        terms.map { term in
            var escaped = ""
            for character in term.value {
                if ",=\\".contains(character) { escaped.append("\\") }
                escaped.append(character)
            }
            return term.field + (term.isNegated ? "!=" : "=") + escaped
        }.joined(separator: ",")
    }
}
