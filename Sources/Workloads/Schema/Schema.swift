import JSON

/// A structural OpenAPI v3 schema as CustomResourceDefinitions carry it, built from Swift values.
///
/// The order of members is the order of the calls, so that generated files do not change from build to build.
/// Source: Kubernetes documentation, "Specifying a structural schema"; apiextensions.k8s.io/v1 JSONSchemaProps.
package struct Schema: Sendable {
    /// One member of an object: its name, its schema and whether it must be there.
    package struct Property: Sendable {
        /// The member's name.
        package var name: String
        /// The schema of its value.
        package var schema: Schema
        /// Whether it must be there.
        package var isRequired: Bool

        /// An optional member.
        package static func optional(_ name: String, _ schema: Schema) -> Property {
            Property(name: name, schema: schema, isRequired: false)
        }

        /// A member that must be there.
        package static func required(_ name: String, _ schema: Schema) -> Property {
            Property(name: name, schema: schema, isRequired: true)
        }
    }

    /// The schema as JSON.
    package private(set) var json: JSONValue

    private init(_ members: [(String, JSONValue)]) {
        json = .object(members)
    }

    /// A text; with `values`, one of them.
    package static func string(_ values: [String] = []) -> Schema {
        var schema = Schema([("type", "string")])
        if !values.isEmpty { schema.json["enum"] = JSONValue(values.map { JSONValue($0) }) }
        return schema
    }

    /// A time as RFC 3339 text.
    package static var dateTime: Schema { Schema([("type", "string"), ("format", "date-time")]) }

    /// True or false.
    package static var boolean: Schema { Schema([("type", "boolean")]) }

    /// A whole number of 32 bits, at least `minimum` and at most `maximum` when given.
    package static func int32(minimum: Int? = nil, maximum: Int? = nil) -> Schema {
        integer(format: "int32", minimum: minimum, maximum: maximum)
    }

    /// An amount such as `2`, `500m` or `4Gi`, as a number or a text.
    package static var quantity: Schema {
        Schema([
            ("anyOf", [["type": "integer"], ["type": "string"]]), ("x-kubernetes-int-or-string", true),
        ])
    }

    /// A whole number of 64 bits, at least `minimum` when given.
    package static func int64(minimum: Int? = nil) -> Schema { integer(format: "int64", minimum: minimum) }

    private static func integer(format: String, minimum: Int?, maximum: Int? = nil) -> Schema {
        var schema = Schema([("type", "integer"), ("format", JSONValue(format))])
        if let minimum { schema.json["minimum"] = JSONValue(minimum) }
        if let maximum { schema.json["maximum"] = JSONValue(maximum) }
        return schema
    }

    /// An object with the given members; others are pruned by the API server.
    package static func object(_ properties: [Property]) -> Schema {
        var schema = Schema([("type", "object")])
        let required = properties.filter(\.isRequired).map { JSONValue($0.name) }
        if !required.isEmpty { schema.json["required"] = JSONValue(required) }
        if !properties.isEmpty {
            schema.json["properties"] = .object(properties.map { ($0.name, $0.schema.json) })
        }
        return schema
    }

    /// An object of any shape, kept as it is: for embedded pod templates, which the API server validates when pods are
    /// made from them.
    package static var anyObject: Schema {
        Schema([("type", "object"), ("x-kubernetes-preserve-unknown-fields", true)])
    }

    /// An object with names chosen by the user and one kind of value.
    package static func map(of value: Schema) -> Schema {
        Schema([("type", "object"), ("additionalProperties", value.json)])
    }

    /// A list. With `keyedBy`, the list is a map keyed by that member, so that appliers own single entries.
    package static func list(of element: Schema, keyedBy key: String? = nil) -> Schema {
        var schema = Schema([("type", "array"), ("items", element.json)])
        if let key {
            schema.json["x-kubernetes-list-type"] = "map"
            schema.json["x-kubernetes-list-map-keys"] = [JSONValue(key)]
        }
        return schema
    }

    /// The same schema with a text for `kubectl explain`.
    package func described(_ text: String) -> Schema { with("description", JSONValue(text)) }

    /// The same schema, null allowed.
    package var nullable: Schema { with("nullable", true) }

    /// A text of at most `count` characters.
    package func maximumLength(_ count: Int) -> Schema { with("maxLength", JSONValue(count)) }

    /// A text of at least `count` characters.
    package func minimumLength(_ count: Int) -> Schema { with("minLength", JSONValue(count)) }

    /// A text that matches a regular expression (ECMA 262, anchored by the caller).
    package func matching(_ pattern: String) -> Schema { with("pattern", JSONValue(pattern)) }

    /// A list of `range` elements.
    package func elements(_ range: ClosedRange<Int>) -> Schema {
        with("minItems", JSONValue(range.lowerBound)).with("maxItems", JSONValue(range.upperBound))
    }

    /// A map of at most `count` entries.
    package func maximumEntries(_ count: Int) -> Schema { with("maxProperties", JSONValue(count)) }

    /// A map of at least `count` entries.
    package func minimumEntries(_ count: Int) -> Schema { with("minProperties", JSONValue(count)) }

    /// A rule in the Common Expression Language that the API server checks itself, and what it says when it fails. A rule
    /// with `oldSelf` is checked in updates only.
    package func checked(_ rule: String, orSay message: String) -> Schema {
        let entry = JSONValue.object([("rule", JSONValue(rule)), ("message", JSONValue(message))])
        var rules = json["x-kubernetes-validations"]?.array ?? []
        rules.append(entry)
        return with("x-kubernetes-validations", JSONValue(rules))
    }

    private func with(_ key: String, _ value: JSONValue) -> Schema {
        var copy = self
        copy.json[key] = value
        return copy
    }
}
