import JSON

/// OpenAPI schemas of the built-in kinds, made from ``WireSchema``.
enum BuiltInSchemas {
    /// The schema of a kind; nil for one without fields here.
    static func schema(of definition: ResourceDefinition) -> JSONValue? {
        guard definition.custom == nil else { return nil }
        let schema = WireSchema.builtIn
        return schema.message(group: definition.group, kind: definition.kind).map { object($0) }
    }

    /// The schemas of all messages that the given kinds lead to, by their names in `components`.
    static func all(reachedFrom definitions: [ResourceDefinition]) -> [(String, JSONValue)] {
        let schema = WireSchema.builtIn
        var seen = Set<String>()
        var found: [(String, JSONValue)] = []
        var pending = definitions.filter { $0.custom == nil }
            .compactMap { schema.message(group: $0.group, kind: $0.kind) }
        let roots = Set(pending)
        while let message = pending.popLast() {
            guard seen.insert(message).inserted, let members = schema.members(of: message) else { continue }
            if !roots.contains(message) { found.append((name(of: message), object(message))) }
            for field in members.values {
                if case .message(let inner) = field.kind { pending.append(inner) }
            }
        }
        return found.sorted { $0.0 < $1.0 }
    }

    private static func name(of message: String) -> String { "io.k8s.\(message)" }

    private static func object(_ message: String) -> JSONValue {
        let members = WireSchema.builtIn.members(of: message) ?? [:]
        let properties = members.sorted { $0.key < $1.key }.map { ($0.key, property($0.value)) }
        return ["type": "object", "properties": .object(properties)]
    }

    private static func property(_ field: WireSchema.Field) -> JSONValue {
        switch field.shape {
        case .one: type(field.kind)
        case .list: ["type": "array", "items": type(field.kind)]
        case .map: ["type": "object", "additionalProperties": type(field.kind)]
        }
    }

    private static func type(_ kind: WireSchema.Kind) -> JSONValue {
        switch kind {
        case .text: ["type": "string"]
        case .integer: ["type": "integer"]
        case .bool: ["type": "boolean"]
        case .bytes: ["type": "string", "format": "byte"]
        case .number: ["type": "number"]
        case .time, .microTime: ["type": "string", "format": "date-time"]
        case .quantity, .intOrString: ["type": "string", "format": "int-or-string"]
        case .raw: ["type": "object"]
        case .message(let message):
            WireSchema.builtIn.isTextList(message)
                ? ["type": "array", "items": ["type": "string"]]
                : ["allOf": [["$ref": JSONValue("#/components/schemas/\(name(of: message))")]]]
        }
    }
}
