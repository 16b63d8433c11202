import JSON
import Testing

private let page = "kubernetes.io: Extend the Kubernetes API with CustomResourceDefinitions"
private let validation = "staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go"
private let structural = "\(page), Specifying a structural schema"
private let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

/// A definition of gadgets in the case's own group.
private func gadget(
    schema: String = "{type: object}", version: String = "", scope: String = "Namespaced", more: String = "",
    group: String = "{suffix}.example.com", name: String? = nil
) -> String {
    """
    {metadata: {name: '\(name ?? "gadgets.\(group)")'\(more)}, spec: {group: '\(group)', scope: \(scope),
     names: {plural: gadgets, singular: gadget, kind: Gadget},
     versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: \(schema)}\(version)}]}}
    """
}

/// Creates a definition and waits until its objects are served.
private func install(_ body: String, plural: String = "gadgets") async throws -> Answer {
    let made = try await api.post(path, body).succeeds(201)
    try api.cleanUp("\(path)/\(plural).{suffix}.example.com")
    try await eventually("\(plural) are served") {
        try await api.get("/apis/{suffix}.example.com/v1/\(plural)").status == 200 ? () : nil
    }
    return made
}

extension Conformance {
    @Suite("Definitions") struct DefinitionTests {
        private static func properties(_ text: String) -> String {
            gadget(schema: "{type: object, properties: {spec: {type: object, properties: {x: \(text)}}}}")
        }

        static let refusals: [Refusal] = [
            .init(
                "The name is plural and group", source: page, path, gadget(name: "other.{suffix}.example.com"),
                "metadata.name FieldValueInvalid", words: "must be spec.names.plural+\".\"+spec.group"),
            .init(
                "The group has a dot", source: validation, path, gadget(group: "nodot"), "spec.group FieldValueInvalid",
                words: "should be a domain with at least one dot"),
            .init(
                "A group of kubernetes needs approval", source: "KEP-1111", path, gadget(group: "{suffix}.k8s.io"),
                "metadata.annotations[api-approved.kubernetes.io] FieldValueRequired"),
            .init(
                "The scope is Cluster or Namespaced", source: validation, path, gadget(scope: "Global"),
                "spec.scope FieldValueNotSupported"),
            .init(
                "A version has a schema", source: validation, path,
                """
                {metadata: {name: 'gadgets.{suffix}.example.com'}, spec: {group: '{suffix}.example.com', scope: Cluster,
                 names: {plural: gadgets, kind: Gadget}, versions: [{name: v1, served: true, storage: true}]}}
                """, "spec.versions[0].schema.openAPIV3Schema FieldValueRequired"),
            .init(
                "One version is stored", source: validation, path,
                """
                {metadata: {name: 'gadgets.{suffix}.example.com'}, spec: {group: '{suffix}.example.com', scope: Cluster,
                 names: {plural: gadgets, kind: Gadget}, versions: [
                  {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}},
                  {name: v2, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}}
                """, "spec.versions FieldValueInvalid", words: "must have exactly one version marked as storage version"
            ),
            .init(
                "Versions have names of their own", source: validation, path,
                """
                {metadata: {name: 'gadgets.{suffix}.example.com'}, spec: {group: '{suffix}.example.com', scope: Cluster,
                 names: {plural: gadgets, kind: Gadget}, versions: [
                  {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}},
                  {name: v1, served: true, storage: false, schema: {openAPIV3Schema: {type: object}}}]}}
                """, "spec.versions FieldValueInvalid", words: "must contain unique version names"),
            .init(
                "preserveUnknownFields is a thing of the past", source: validation, path,
                gadget().replacing("scope: Namespaced", with: "scope: Namespaced, preserveUnknownFields: true"),
                "spec.preserveUnknownFields FieldValueInvalid"),
            .init(
                "Every field has a type", source: structural, path, properties("{maximum: 1}"),
                "spec.validation.openAPIV3Schema.properties[spec].properties[x].type FieldValueRequired",
                words: "must not be empty for specified object fields"),
            .init(
                "The root has a type", source: structural, path, gadget(schema: "{properties: {spec: {type: object}}}"),
                "spec.validation.openAPIV3Schema.type FieldValueRequired", words: "must not be empty at the root"),
            .init(
                "A list has items", source: structural, path, properties("{type: array}"),
                "spec.validation.openAPIV3Schema.properties[spec].properties[x].items FieldValueRequired"),
            .init(
                "A type is one of OpenAPI's", source: validation, path, properties("{type: text}"),
                "spec.validation.openAPIV3Schema.properties[spec].properties[x].type FieldValueNotSupported"),
            .init(
                "properties and additionalProperties exclude each other", source: structural, path,
                properties("{type: object, properties: {z: {type: string}}, additionalProperties: {type: string}}"),
                "spec.validation.openAPIV3Schema.properties[spec].properties[x].additionalProperties FieldValueForbidden"
            ),
            .init(
                "uniqueItems is forbidden", source: structural, path,
                properties("{type: array, items: {type: string}, uniqueItems: true}"),
                "spec.validation.openAPIV3Schema.properties[spec].properties[x].uniqueItems FieldValueForbidden"),
            .init(
                "$ref is forbidden", source: structural, path, properties("{$ref: '#/x'}"),
                "spec.validation.openAPIV3Schema.properties[spec].properties[x].$ref FieldValueForbidden"),
            .init(
                "A default fits its schema", source: "\(page), Defaulting", path,
                properties("{type: integer, default: text}"),
                "spec.validation.openAPIV3Schema.properties[spec].properties[x].default FieldValueTypeInvalid"),
            .init(
                "A keyed list has keys", source: validation, path,
                properties(
                    "{type: array, x-kubernetes-list-type: map, items: {type: object, properties: {n: {type: string}}}}"
                ),
                "spec.validation.openAPIV3Schema.properties[spec].properties[x].x-kubernetes-list-map-keys FieldValueRequired"
            ),
            .init(
                "A key of a keyed list is required or has a default", source: validation, path,
                properties(
                    "{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [id], items: {type: object, properties: {id: {type: string}}}}"
                ),
                "spec.validation.openAPIV3Schema.properties[spec].properties[x].items.properties[id].default FieldValueRequired"
            ),
            .init(
                "A rule compiles", source: "KEP-2876", path,
                properties("{type: string, x-kubernetes-validations: [{rule: 'self.startsWith('}]}"),
                "spec.validation.openAPIV3Schema.properties[spec].properties[x].x-kubernetes-validations[0].rule FieldValueInvalid",
                words: "compilation failed"),
            .init(
                "A rule knows the type of its field", source: "KEP-2876", path,
                properties("{type: string, x-kubernetes-validations: [{rule: 'self > 5'}]}"),
                "spec.validation.openAPIV3Schema.properties[spec].properties[x].x-kubernetes-validations[0].rule FieldValueInvalid"
            ),
            .init(
                "A scale's replicas are in spec", source: validation, path,
                gadget(
                    version: ", subresources: {scale: {specReplicasPath: .status.x, statusReplicasPath: .status.x}}"),
                "spec.subresources.scale.specReplicasPath FieldValueInvalid"),
            .init(
                "A printer column has a type of its own", source: validation, path,
                gadget(version: ", additionalPrinterColumns: [{name: X, type: text, jsonPath: .spec.x}]"),
                "spec.additionalPrinterColumns[0].type FieldValueInvalid"),
        ]

        @Test("Definitions that are refused", arguments: refusals)
        func refused(_ row: Refusal) async throws { try await row.check() }

        @Test("A definition is accepted, established and stored in one version", .source(page))
        func established() async throws {
            _ = try await install(gadget())
            let definition = try await eventually("it is established") { () -> Answer? in
                let answer = try await api.get("\(path)/gadgets.{suffix}.example.com").succeeds()
                let conditions = answer["status.conditions"]?.array ?? []
                let isTrue = Set(conditions.filter { $0["status"]?.string == "True" }.compactMap { $0["type"]?.string })
                return isTrue.isSuperset(of: ["NamesAccepted", "Established"]) ? answer : nil
            }
            #expect(definition["status.storedVersions"] == ["v1"])
            #expect(definition["status.acceptedNames.kind"]?.string == "Gadget")
            #expect(definition["status.acceptedNames.listKind"]?.string == "GadgetList")
            #expect(definition["spec.conversion.strategy"]?.string == "None")
        }

        @Test(
            "Names that are left out are derived from the kind",
            .source("staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go"))
        func derivedNames() async throws {
            let made = try await api.post(
                path, gadget().replacing("singular: gadget, ", with: ""), query: [("dryRun", "All")]
            ).succeeds(201)
            #expect(made["spec.names.singular"]?.string == "gadget")
            #expect(made["spec.names.listKind"]?.string == "GadgetList")
        }

        @Test("Its resource appears in discovery", .source(page))
        func discovery() async throws {
            _ = try await install(gadget(version: ", subresources: {status: {}}"))
            let list = try await eventually("it is discovered") { () -> Answer? in
                let answer = try await api.get("/apis/{suffix}.example.com/v1")
                return answer.status == 200 && (answer["resources"]?.array ?? []).count == 2 ? answer : nil
            }
            let resources = list["resources"]?.array ?? []
            let gadgets = try #require(resources.first { $0["name"]?.string == "gadgets" })
            #expect(gadgets["namespaced"]?.bool == true)
            #expect(gadgets["kind"]?.string == "Gadget")
            #expect(
                Set(gadgets["verbs"]?.strings ?? []) == [
                    "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch",
                ])
            #expect(resources.contains { $0["name"]?.string == "gadgets/status" })
        }

        @Test("Deleting a definition deletes its objects and ends the resource", .source(page))
        func delete() async throws {
            try api.needsControllers()
            _ = try await install(gadget())
            try await api.post("/apis/{suffix}.example.com/v1/namespaces/{ns}/gadgets", "{metadata: {name: a}}")
                .succeeds(201)
            try await api.delete("\(path)/gadgets.{suffix}.example.com").succeeds()
            try await eventually("it is gone") {
                try await api.get("/apis/{suffix}.example.com/v1/namespaces/{ns}/gadgets").status == 404 ? () : nil
            }
            try await eventually("its definition is gone") {
                try await api.get("\(path)/gadgets.{suffix}.example.com").status == 404 ? () : nil
            }
        }

        @Test("Objects of a Cluster scope have no namespace", .source(page))
        func clusterScope() async throws {
            _ = try await install(gadget(scope: "Cluster"))
            let made = try await api.post("/apis/{suffix}.example.com/v1/gadgets", "{metadata: {name: a}}").succeeds(
                201)
            #expect(made["metadata.namespace"] == nil)
            #expect(try await api.get("/apis/{suffix}.example.com/v1/namespaces/{ns}/gadgets").status == 404)
        }

        @Test("Without the status subresource the status is like any field", .source("\(page), Subresources"))
        func noStatus() async throws {
            _ = try await install(
                gadget(
                    schema: "{type: object, properties: {status: {type: object, properties: {phase: {type: string}}}}}")
            )
            let made = try await api.post(
                "/apis/{suffix}.example.com/v1/namespaces/{ns}/gadgets", "{metadata: {name: a}, status: {phase: Up}}"
            ).succeeds(201)
            #expect(made["status.phase"]?.string == "Up")
            #expect(try await api.get("/apis/{suffix}.example.com/v1/namespaces/{ns}/gadgets/a/status").status == 404)
        }

        @Test("A changed schema holds for what is written from then on", .source(page))
        func changedSchema() async throws {
            _ = try await install(gadget(schema: "{type: object, properties: {x: {type: string}, z: {type: string}}}"))
            let gadgets = "/apis/{suffix}.example.com/v1/namespaces/{ns}/gadgets"
            try await api.post(gadgets, "{metadata: {name: a}, x: long-text}").succeeds(201)
            try await api.patch(
                "\(path)/gadgets.{suffix}.example.com", .json,
                "[{op: add, path: /spec/versions/0/schema/openAPIV3Schema/properties/x/maxLength, value: 4}]"
            ).succeeds()
            try await eventually("the new schema is used") {
                try await api.post(gadgets, "{metadata: {name: b}, x: long-text}", query: [("dryRun", "All")]).status
                    == 422 ? () : nil
            }
            // What was valid once and is not touched stays (ratcheting).
            let patched = try await api.patch("\(gadgets)/a", .merge, "{z: new}").succeeds()
            #expect(patched["x"]?.string == "long-text")
            try await api.patch("\(gadgets)/a", .merge, "{x: other-long-text}").fails(
                422, "Invalid", causes: ["x FieldValueTooLong"])
        }

        @Test(
            "A name that another definition has taken is not accepted",
            .source("staging/src/k8s.io/apiextensions-apiserver/pkg/controller/status"))
        func takenName() async throws {
            _ = try await install(gadget())
            let other = gadget(name: "gizmos.{suffix}.example.com").replacing(
                "plural: gadgets, singular: gadget", with: "plural: gizmos, singular: gizmo")
            try await api.post(path, other).succeeds(201)
            try api.cleanUp("\(path)/gizmos.{suffix}.example.com")
            try await eventually("its names are not accepted") {
                let conditions =
                    try await api.get("\(path)/gizmos.{suffix}.example.com")["status.conditions"]?.array ?? []
                return conditions.contains { $0["type"]?.string == "NamesAccepted" && $0["status"]?.string == "False" }
                    ? () : nil
            }
        }
    }
}
