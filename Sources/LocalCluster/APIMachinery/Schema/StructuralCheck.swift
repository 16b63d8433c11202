package import JSON
package import KubernetesModel

/// What keeps a schema from being structural, and what else a CustomResourceDefinition may not say in it.
///
/// Source: apiextensions-apiserver pkg/apiserver/schema/validation.go and pkg/apis/apiextensions/validation.
package struct StructuralCheck {
    /// What is wrong with a rule on values of a type; nil if it compiles.
    package typealias RuleProblem = (_ rule: String, _ type: String) -> String?

    private enum Level { case root, field, item }

    private let ruleProblem: RuleProblem
    /// The problems found, their paths relative to the schema.
    package private(set) var errors: [FieldError] = []

    /// Checks a schema.
    package init(_ schema: JSONView, ruleProblem: @escaping RuleProblem) {
        self.ruleProblem = ruleProblem
        check(schema, .root, at: .root, depth: 0)
    }

    private static let unsupported = [
        "$ref", "additionalItems", "definitions", "dependencies", "id", "patternProperties",
    ]

    private mutating func check(_ schema: JSONView, _ level: Level, at path: FieldPath, depth: Int) {
        guard depth < 64 else { return }
        checkType(schema, level, at: path)
        for name in Self.unsupported where schema[name] != nil {
            errors.append(.forbidden(path.child(name), "\(name) is not supported"))
        }
        if schema["uniqueItems"]?.bool == true {
            errors.append(
                .forbidden(
                    path.child("uniqueItems"),
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"))
        }
        checkList(schema, at: path)
        checkDefault(schema, at: path)
        for (index, rule) in (schema["x-kubernetes-validations"]?.elements.map { $0 } ?? []).enumerated() {
            let text = rule["rule"]?.string ?? ""
            let place = path.child("x-kubernetes-validations").index(index).child("rule")
            if text.isEmpty {
                errors.append(.required(place, "rule is not specified"))
            } else if let problem = ruleProblem(text, schema["type"]?.string ?? "") {
                errors.append(.invalid(place, text, "compilation failed: \(problem)"))
            }
        }
        for (name, child) in schema["properties"]?.members.map({ $0 }) ?? [] {
            check(child, .field, at: path.child("properties").key(name), depth: depth + 1)
        }
        if let items = schema["items"] { check(items, .item, at: path.child("items"), depth: depth + 1) }
        if let other = schema["additionalProperties"] {
            let place = path.child("additionalProperties")
            if level == .root { errors.append(.forbidden(place, "must not be used at the root")) }
            if !(schema["properties"]?.isEmpty ?? true) {
                errors.append(.forbidden(place, "additionalProperties and properties are mutual exclusive"))
            }
            if other.kind == .object { check(other, .field, at: place, depth: depth + 1) }
        }
    }

    private mutating func checkType(_ schema: JSONView, _ level: Level, at path: FieldPath) {
        let type = schema["type"]?.string ?? ""
        if type == "array", schema["items"] == nil {
            errors.append(.required(path.child("items"), "must be specified"))
        }
        let isFree =
            schema["x-kubernetes-int-or-string"]?.bool == true
            || schema["x-kubernetes-preserve-unknown-fields"]?.bool == true
        guard type.isEmpty, !isFree else { return }
        let place =
            switch level {
            case .root: "at the root"
            case .field: "for specified object fields"
            case .item: "for specified array items"
            }
        errors.append(.required(path.child("type"), "must not be empty " + place))
    }

    private mutating func checkList(_ schema: JSONView, at path: FieldPath) {
        guard let listType = schema["x-kubernetes-list-type"]?.string else { return }
        guard ["atomic", "map", "set"].contains(listType) else {
            errors.append(
                .notSupported(
                    path.child("x-kubernetes-list-type"), listType, supported: ["atomic", "set", "map"]))
            return
        }
        guard listType == "map" else { return }
        let keys = schema["x-kubernetes-list-map-keys"]?.strings ?? []
        if keys.isEmpty {
            errors.append(
                .required(
                    path.child("x-kubernetes-list-map-keys"),
                    "must not be empty if x-kubernetes-list-type is map"))
        }
        let required = schema[path: "items", "required"]?.strings ?? []
        for key in keys {
            guard let property = schema[path: "items", "properties", key] else {
                errors.append(
                    .invalid(
                        path.child("x-kubernetes-list-map-keys"), json: JSONValue(keys),
                        "entries must all be names of item properties"))
                continue
            }
            if !required.contains(key), property["default"] == nil {
                errors.append(
                    .required(
                        path.child("items").child("properties").key(key).child("default"),
                        "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"
                    ))
            }
        }
    }

    private mutating func checkDefault(_ schema: JSONView, at path: FieldPath) {
        guard let value = schema["default"], let own = try? StructuralSchema(schema) else { return }
        for var error in own.validate(value) {
            let place = path.child("default")
            error.path = error.path.text.isEmpty ? place : place.child(error.path.text)
            errors.append(error)
        }
    }
}
