internal import CEL
internal import JSON
internal import KubernetesModel

/// One place of a structural schema.
final class SchemaNode: Sendable {
    enum AdditionalProperties: Sendable {
        case forbidden
        case allowed
        case described(SchemaNode)
    }

    let type: String
    let isNullable: Bool
    let isIntOrString: Bool
    let preservesUnknownFields: Bool
    let isEmbeddedResource: Bool
    let properties: [String: SchemaNode]
    /// Names of the properties that have a default, in the order of the schema.
    let defaultedNames: [String]
    let additionalProperties: AdditionalProperties
    let items: SchemaNode?
    let required: [String]
    let allowed: [JSONValue]
    let defaultValue: JSONValue?
    let bounds: SchemaBounds
    let allOf: [SchemaNode]
    let anyOf: [SchemaNode]
    let oneOf: [SchemaNode]
    let not: SchemaNode?
    let listType: String
    let listMapKeys: [String]
    let mapType: String
    let rules: [ValidationRule]

    /// Reads a schema. Throws where it is no object, or has a type or pattern that does not exist.
    init(_ json: JSONView, at path: FieldPath, depth: Int = 0) throws(FieldError) {
        guard json.kind == .object else {
            throw .invalid(path, json: JSONValue(json), "must be a schema object")
        }
        guard depth < 64 else { throw .forbidden(path, "schemas nest at most 64 levels deep") }
        type = json["type"]?.string ?? ""
        guard ["", "object", "array", "string", "integer", "number", "boolean"].contains(type) else {
            throw .notSupported(
                path.child("type"), type, supported: ["array", "boolean", "integer", "number", "object", "string"])
        }
        isNullable = json["nullable"]?.bool ?? false
        isIntOrString = json["x-kubernetes-int-or-string"]?.bool ?? false
        preservesUnknownFields = json["x-kubernetes-preserve-unknown-fields"]?.bool ?? false
        isEmbeddedResource = json["x-kubernetes-embedded-resource"]?.bool ?? false
        var found: [String: SchemaNode] = [:]
        var names: [String] = []
        for (name, value) in Self.members(json["properties"]) {
            found[name] = try SchemaNode(value, at: path.child("properties").key(name), depth: depth + 1)
            if value["default"] != nil { names.append(name) }
        }
        properties = found
        defaultedNames = names
        additionalProperties = try Self.additional(json["additionalProperties"], at: path, depth: depth)
        items = try Self.one(json["items"], at: path.child("items"), depth: depth)
        required = json["required"]?.elements.compactMap(\.string) ?? []
        allowed = json["enum"]?.elements.map { JSONValue($0) } ?? []
        defaultValue = json["default"].map { JSONValue($0) }
        bounds = try SchemaBounds(json, at: path)
        allOf = try Self.many(json["allOf"], at: path.child("allOf"), depth: depth)
        anyOf = try Self.many(json["anyOf"], at: path.child("anyOf"), depth: depth)
        oneOf = try Self.many(json["oneOf"], at: path.child("oneOf"), depth: depth)
        not = try Self.one(json["not"], at: path.child("not"), depth: depth)
        listType = json["x-kubernetes-list-type"]?.string ?? ""
        listMapKeys = json["x-kubernetes-list-map-keys"]?.elements.compactMap(\.string) ?? []
        mapType = json["x-kubernetes-map-type"]?.string ?? ""
        rules = json["x-kubernetes-validations"]?.elements.map { ValidationRule(json: $0) } ?? []
    }

    private static func members(_ json: JSONView?) -> [(key: String, value: JSONView)] {
        json?.members.map { $0 } ?? []
    }

    private static func one(_ json: JSONView?, at path: FieldPath, depth: Int) throws(FieldError) -> SchemaNode? {
        guard let json else { return nil }
        return try SchemaNode(json, at: path, depth: depth + 1)
    }

    private static func many(_ json: JSONView?, at path: FieldPath, depth: Int) throws(FieldError) -> [SchemaNode] {
        var nodes: [SchemaNode] = []
        for (index, element) in (json?.elements.map { $0 } ?? []).enumerated() {
            nodes.append(try SchemaNode(element, at: path.index(index), depth: depth + 1))
        }
        return nodes
    }

    private static func additional(
        _ json: JSONView?, at path: FieldPath, depth: Int
    ) throws(FieldError) -> AdditionalProperties {
        guard let json else { return .forbidden }
        if let allowed = json.bool { return allowed ? .allowed : .forbidden }
        return .described(try SchemaNode(json, at: path.child("additionalProperties"), depth: depth + 1))
    }

    /// The schema of a member; nil if none describes it.
    func property(_ name: String) -> SchemaNode? {
        if let node = properties[name] { return node }
        guard case .described(let node) = additionalProperties else { return nil }
        return node
    }

    /// Whether a member that ``property(_:)`` does not describe stays.
    func keepsUnknown(_ name: String, isRoot: Bool) -> Bool {
        if preservesUnknownFields { return true }
        if case .allowed = additionalProperties { return true }
        return (isRoot || isEmbeddedResource) && ["apiVersion", "kind", "metadata"].contains(name)
    }
}

/// The limits that a schema sets to a value.
struct SchemaBounds: Sendable {
    var minimum: Double?
    var maximum: Double?
    var excludesMinimum: Bool
    var excludesMaximum: Bool
    var multipleOf: Double?
    var minimumLength: Int?
    var maximumLength: Int?
    var patternText: String
    /// Empty text matches everything.
    var pattern: RegularExpression
    var format: String
    var minimumItems: Int?
    var maximumItems: Int?
    var hasUniqueItems: Bool
    var minimumProperties: Int?
    var maximumProperties: Int?

    init(_ json: JSONView, at path: FieldPath) throws(FieldError) {
        minimum = json["minimum"]?.double
        maximum = json["maximum"]?.double
        excludesMinimum = json["exclusiveMinimum"]?.bool ?? false
        excludesMaximum = json["exclusiveMaximum"]?.bool ?? false
        multipleOf = json["multipleOf"]?.double
        minimumLength = json["minLength"]?.int
        maximumLength = json["maxLength"]?.int
        patternText = json["pattern"]?.string ?? ""
        guard let pattern = RegularExpression(patternText) else {
            throw .invalid(path.child("pattern"), patternText, "must be a valid regular expression")
        }
        self.pattern = pattern
        format = json["format"]?.string ?? ""
        minimumItems = json["minItems"]?.int
        maximumItems = json["maxItems"]?.int
        hasUniqueItems = json["uniqueItems"]?.bool ?? false
        minimumProperties = json["minProperties"]?.int
        maximumProperties = json["maxProperties"]?.int
    }
}
