import JSON
import KubernetesModel

/// OpenAPI v3: which paths take which parameters, and the schemas of custom resources.
///
/// kubectl reads from it that PATCH takes `fieldValidation` and `dryRun` (so that it leaves validation to the server)
/// and, for `kubectl explain`, the schemas; those of built-in kinds have names and types and no descriptions.
enum OpenAPIDocuments {
    /// `GET /openapi/v3`
    static func index(_ catalog: ResourceCatalog, hash: String) -> JSONValue {
        var paths: [(String, JSONValue)] = []
        for group in catalog.groups {
            for version in catalog.versions(of: group) {
                let path = group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)"
                paths.append((path, ["serverRelativeURL": JSONValue("/openapi/v3/\(path)?hash=\(hash)")]))
            }
        }
        return ["paths": .object(paths)]
    }

    /// `GET /openapi/v3/apis/GROUP/VERSION`; nil for a version that is not served.
    static func document(group: String, version: String, _ catalog: ResourceCatalog) -> JSONValue? {
        let definitions = catalog.resources(group: group, version: version)
        guard !definitions.isEmpty else { return nil }
        var paths: [(String, JSONValue)] = []
        var schemas: [(String, JSONValue)] = []
        for definition in definitions {
            let root = definition.group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
            let collection = root + (definition.isNamespaced ? "/namespaces/{namespace}/" : "/") + definition.plural
            paths.append((collection, ["get": operation(definition, "list"), "post": operation(definition, "post")]))
            paths.append(
                (
                    collection + "/{name}",
                    [
                        "get": operation(definition, "get"), "put": operation(definition, "put"),
                        "patch": operation(definition, "patch"), "delete": operation(definition, "delete"),
                    ]
                ))
            schemas.append((schemaName(definition), schema(definition)))
        }
        schemas += BuiltInSchemas.all(reachedFrom: definitions)
        return [
            "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": "v1.36.0"], "paths": .object(paths),
            "components": ["schemas": .object(schemas)],
        ]
    }

    private static func operation(_ definition: ResourceDefinition, _ action: String) -> JSONValue {
        var names: [String] = []
        if ["post", "put", "patch"].contains(action) { names = ["dryRun", "fieldManager", "fieldValidation"] }
        if action == "patch" { names.append("force") }
        if action == "delete" { names = ["dryRun", "gracePeriodSeconds", "propagationPolicy"] }
        let parameters = names.map { name -> JSONValue in
            let type = name == "force" ? "boolean" : name == "gracePeriodSeconds" ? "integer" : "string"
            return ["name": JSONValue(name), "in": "query", "schema": ["type": JSONValue(type), "uniqueItems": true]]
        }
        let reference: JSONValue = [
            "schema": ["$ref": JSONValue("#/components/schemas/\(schemaName(definition))")]
        ]
        var operation: JSONValue = [
            "tags": [JSONValue(definition.group)], "x-kubernetes-action": JSONValue(action),
            "x-kubernetes-group-version-kind": definition.groupVersionKind,
            "parameters": JSONValue(parameters),
            "responses": ["200": ["description": "OK", "content": ["application/json": reference]]],
        ]
        if action == "patch" {
            operation["requestBody"] = [
                "content": [
                    "application/apply-patch+yaml": [:], "application/json-patch+json": [:],
                    "application/merge-patch+json": [:],
                ]
            ]
        } else if action == "post" || action == "put" {
            operation["requestBody"] = ["content": ["application/json": reference]]
        }
        return operation
    }

    private static func schemaName(_ definition: ResourceDefinition) -> String {
        if definition.custom == nil {
            let package = definition.group.isEmpty ? "core" : String(definition.group.prefix { $0 != "." })
            return "io.k8s.api.\(package).\(definition.version).\(definition.kind)"
        }
        let group = definition.group.isEmpty ? "core" : definition.group
        return group.split(separator: ".").reversed().joined(separator: ".")
            + ".\(definition.version).\(definition.kind)"
    }

    private static func schema(_ definition: ResourceDefinition) -> JSONValue {
        var schema =
            definition.custom?.openAPISchema ?? BuiltInSchemas.schema(of: definition)
            ?? ["type": "object", "description": JSONValue(definition.kind)]
        let texts: [(String, JSONValue)] = [
            ("apiVersion", ["type": "string"]), ("kind", ["type": "string"]), ("metadata", ["type": "object"]),
        ]
        for (name, type) in texts where schema[path: "properties", name] == nil {
            schema[path: ["properties", name]] = type
        }
        schema["x-kubernetes-group-version-kind"] = [definition.groupVersionKind]
        return schema
    }
}
