/// The fields of the built-in kinds: number on the wire, name in JSON, type.
///
/// Read from tables in a short notation, one message after another:
/// `Name 1=field:type 2=other:type …`, continued on indented lines.
/// A type is `s` text, `i` integer, `b` true or false, `y` bytes, `d` number, or another message, in its group unless it
/// says `group.Name`. Before it stands `[]` for a list, `{}` for a map with text keys, `*` for a field whose zero value is
/// not the same as none. A field called `.` has its fields in the message itself.
struct WireSchema: Sendable {
    enum Shape: Sendable, Equatable { case one, list, map }

    enum Kind: Sendable, Equatable {
        case text, integer, bool, bytes, number, time, microTime, quantity, intOrString, raw
        case message(String)
    }

    struct Field: Sendable, Equatable {
        var number: Int
        var name: String
        var shape: Shape
        var isPointer: Bool
        var kind: Kind
        var isInline: Bool { name == "." }
    }

    /// Fields by message name (`core.Pod`).
    private let messages: [String: [Field]]
    /// The same with inline fields opened, by JSON name.
    private let named: [String: [String: Field]]

    /// The schema of everything built in.
    static let builtIn = WireSchema([
        ("core", coreMessages), ("apps", appsMessages), ("batch", batchMessages), ("autoscaling", autoscalingMessages),
        ("policy", policyMessages), ("networking", networkingMessages), ("scheduling", schedulingMessages),
        ("coordination", coordinationMessages), ("discovery", discoveryMessages), ("events", eventsMessages),
        ("rbac", rbacMessages), ("authorization", authorizationMessages), ("authentication", authenticationMessages),
        ("admissionregistration", admissionregistrationMessages), ("meta", metaMessages), ("storage", storageMessages),
        ("node", nodeMessages),
    ])

    init(_ groups: [(name: String, text: String)]) {
        var messages: [String: [Field]] = [:]
        for (group, text) in groups {
            var current = ""
            for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
                if let field = Self.field(word, group) {
                    messages[current, default: []].append(field)
                } else {
                    current = "\(group).\(word)"
                    messages[current] = []
                }
            }
        }
        self.messages = messages
        var named: [String: [String: Field]] = [:]
        for name in messages.keys { named[name] = Self.open(name, messages) }
        self.named = named
    }

    private static func field(_ word: Substring, _ group: String) -> Field? {
        guard let equals = word.firstIndex(of: "="), let number = Int(word[..<equals]) else { return nil }
        let rest = word[word.index(after: equals)...]
        guard let colon = rest.firstIndex(of: ":") else { return nil }
        var type = rest[rest.index(after: colon)...]
        var shape = Shape.one
        if type.hasPrefix("[]") { shape = .list } else if type.hasPrefix("{}") { shape = .map }
        if shape != .one { type = type.dropFirst(2) }
        let isPointer = type.hasPrefix("*")
        if isPointer { type = type.dropFirst() }
        return Field(
            number: number, name: String(rest[..<colon]), shape: shape, isPointer: isPointer, kind: kind(type, group))
    }

    private static func kind(_ type: Substring, _ group: String) -> Kind {
        switch type {
        case "s": .text
        case "i": .integer
        case "b": .bool
        case "y": .bytes
        case "d": .number
        case "Time": .time
        case "MicroTime": .microTime
        case "Quantity": .quantity
        case "IntOrString": .intOrString
        case "Raw": .raw
        default: .message(type.contains(".") ? String(type) : "\(group).\(type)")
        }
    }

    private static func open(_ message: String, _ messages: [String: [Field]]) -> [String: Field] {
        var found: [String: Field] = [:]
        for field in messages[message] ?? [] {
            if field.isInline, case .message(let inner) = field.kind {
                found.merge(open(inner, messages)) { first, _ in first }
            } else {
                found[field.name] = field
            }
        }
        return found
    }

    /// The fields of a message in the order of their numbers; nil for one that is not known.
    func fields(of message: String) -> [Field]? { messages[message] }

    /// The JSON fields of a message by name; nil for a message that is not known.
    func members(of message: String) -> [String: Field]? { named[message] }

    /// A message that stands for a list of texts in JSON, such as the extra values of a user.
    func isTextList(_ message: String) -> Bool {
        message == "authorization.ExtraValue" || message == "authentication.ExtraValue"
    }

    /// The name of the message of a kind; nil for a kind without one.
    func message(group: String, kind: String) -> String? {
        let short = group.isEmpty ? "core" : String(group.prefix { $0 != "." })
        let name = "\(short).\(kind)"
        return messages[name] == nil ? nil : name
    }
}
