internal import JSON

/// Writes YAML in block style.
struct Emitter {
    private(set) var text = ""

    /// Writes a whole document.
    mutating func document(_ value: JSONValue) {
        switch block(value) {
        case .members(let members): mapping(members, indent: 0, startsOnLine: true)
        case .elements(let elements): sequence(elements, indent: 0, startsOnLine: true)
        case nil:
            text += ScalarStyle.inline(value)
            text += "\n"
        }
    }

    private enum Block {
        case members([(key: String, value: JSONValue)])
        case elements([JSONValue])
    }

    /// What takes lines of its own; nil for scalars and empty collections.
    private func block(_ value: JSONValue) -> Block? {
        switch value.kind {
        case .object:
            guard let members = value.members, !members.isEmpty else { return nil }
            return .members(members)
        case .array:
            guard let elements = value.array, !elements.isEmpty else { return nil }
            return .elements(elements)
        default: return nil
        }
    }

    private mutating func margin(_ indent: Int) {
        text += String(repeating: " ", count: indent)
    }

    /// Members one a line. The first one continues the line that is begun, unless `startsOnLine`.
    private mutating func mapping(_ members: [(key: String, value: JSONValue)], indent: Int, startsOnLine: Bool) {
        for (position, member) in members.enumerated() {
            if position > 0 || startsOnLine { margin(indent) }
            let key = ScalarStyle.key(member.key)
            if key.utf8.count > 1000 {
                // Readers look no further than 1024 characters for the colon of a simple key.
                text += "? " + key + "\n"
                margin(indent)
            } else {
                text += key
            }
            text += ":"
            memberValue(member.value, indent: indent)
        }
    }

    private mutating func memberValue(_ value: JSONValue, indent: Int) {
        switch block(value) {
        case .members(let members):
            text += "\n"
            mapping(members, indent: indent + 2, startsOnLine: true)
        case .elements(let elements):
            text += "\n"
            sequence(elements, indent: indent, startsOnLine: true)
        case nil:
            scalar(value, indent: indent + 2)
        }
    }

    private mutating func sequence(_ elements: [JSONValue], indent: Int, startsOnLine: Bool) {
        for (position, element) in elements.enumerated() {
            if position > 0 || startsOnLine { margin(indent) }
            text += "-"
            switch block(element) {
            case .members(let members):
                text += " "
                mapping(members, indent: indent + 2, startsOnLine: false)
            case .elements(let elements):
                text += " "
                sequence(elements, indent: indent + 2, startsOnLine: false)
            case nil:
                scalar(element, indent: indent + 2)
            }
        }
    }

    /// A scalar after its key or dash, and the end of its line; a literal block is indented by `indent`.
    private mutating func scalar(_ value: JSONValue, indent: Int) {
        guard let string = value.string, let header = ScalarStyle.literalHeader(string) else {
            text += " " + ScalarStyle.inline(value) + "\n"
            return
        }
        text += " " + header + "\n"
        var lines = string.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty ?? false { lines.removeLast() }
        for line in lines {
            if !line.isEmpty {
                margin(indent)
                text += line
            }
            text += "\n"
        }
    }
}
