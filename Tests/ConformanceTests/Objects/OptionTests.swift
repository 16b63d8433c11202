import HTTPTransport
import JSON
import Testing

private let dryRunPage = "KEP-576; kubernetes.io: Kubernetes API Concepts, Dry-run"
private let validationPage = "KEP-2885; kubernetes.io: Kubernetes API Concepts, Field validation"

extension Conformance {
    @Suite("Dry run") struct DryRunTests {
        private let dryRun = [("dryRun", "All")]

        @Test("A dry create answers as a real one and stores nothing", .source(dryRunPage))
        func create() async throws {
            let answer = try await api.post("configmaps", "{metadata: {name: a}, data: {k: v}}", query: dryRun)
                .succeeds(201)
            #expect(answer.uid.count == 36)
            #expect(answer["metadata.creationTimestamp"]?.string != nil)
            try await api.get("configmaps/a").fails(404, "NotFound")
        }

        @Test("A dry update answers the changed object and changes nothing", .source(dryRunPage))
        func update() async throws {
            try await api.post("configmaps", "{metadata: {name: a}, data: {k: v}}").succeeds(201)
            let answer = try await api.put("configmaps/a", "{metadata: {name: a}, data: {k: w}}", query: dryRun)
                .succeeds()
            #expect(answer["data.k"]?.string == "w")
            #expect(try await api.get("configmaps/a")["data.k"]?.string == "v")
        }

        @Test("A dry patch answers the changed object and changes nothing", .source(dryRunPage))
        func patch() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}, data: {k: v}}").succeeds(201)
            let answer = try await api.patch("configmaps/a", .merge, "{data: {k: w}}", query: dryRun).succeeds()
            #expect(answer["data.k"]?.string == "w")
            #expect(try await api.get("configmaps/a").json == made.json)
        }

        @Test("A dry apply creates nothing", .source(dryRunPage))
        func apply() async throws {
            try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}}", query: dryRun).succeeds(201)
            try await api.get("configmaps/a").fails(404, "NotFound")
        }

        @Test("A dry delete deletes nothing", .source(dryRunPage))
        func delete() async throws {
            try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.delete("configmaps/a", query: dryRun).succeeds()
            try await api.delete("configmaps/a", "{dryRun: [All]}").succeeds()
            #expect(try await api.get("configmaps/a").succeeds()["metadata.deletionTimestamp"] == nil)
        }

        @Test("A dry delete of a collection deletes nothing", .source(dryRunPage))
        func deleteCollection() async throws {
            try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            try await api.delete("secrets", query: dryRun).succeeds()
            #expect(try await api.get("secrets").names == ["a"])
        }

        @Test("A dry run says what is wrong", .source(dryRunPage))
        func invalid() async throws {
            try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.post("configmaps", "{metadata: {name: a}}", query: dryRun).fails(409, "AlreadyExists")
            try await api.post("configmaps", "{metadata: {name: Bad}}", query: dryRun).fails(422, "Invalid")
        }

        @Test("A dry create takes no address of services", .source(dryRunPage))
        func service() async throws {
            try await api.post("services", "{metadata: {name: a}, spec: {ports: [{port: 80}]}}", query: dryRun)
                .succeeds(201)
            try await api.get("services/a").fails(404, "NotFound")
        }

        @Test(
            "A value other than All answers 422",
            .source("apimachinery pkg/apis/meta/v1/validation/validation.go: ValidateDryRun"))
        func unknown() async throws {
            try await api.post("configmaps", "{metadata: {name: a}}", query: [("dryRun", "Some")])
                .fails(422, "Invalid", causes: ["dryRun FieldValueNotSupported"])
            try await api.get("configmaps/a").fails(404, "NotFound")
        }
    }

    @Suite("Field validation") struct FieldValidationTests {
        private let unknown = "{metadata: {name: a}, data: {k: v}, unheardOf: 1}"
        private let repeated =
            #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"immutable":false,"immutable":true}"#

        @Test("Strict refuses unknown fields with 400", .source(validationPage))
        func strictUnknown() async throws {
            try await api.post("configmaps", unknown, query: [("fieldValidation", "Strict")])
                .fails(400, "BadRequest", #"strict decoding error: unknown field "unheardOf""#)
        }

        @Test("Strict refuses repeated fields with 400", .source(validationPage))
        func strictRepeated() async throws {
            try await api.send("POST", "configmaps", query: [("fieldValidation", "Strict")], body: repeated)
                .fails(400, "BadRequest", #"strict decoding error: duplicate field "immutable""#)
        }

        @Test("Strict names every unknown field with its path", .source(validationPage))
        func strictPaths() async throws {
            try await api.allowPods()
            let answer = try await api.post(
                "pods", Pods.with("other: 1", container: "unheardOf: 1"), query: [("fieldValidation", "Strict")])
            answer.fails(400, "BadRequest", #"unknown field "spec.containers[0].unheardOf""#)
            #expect(answer.message.contains(#"unknown field "spec.other""#))
        }

        @Test("Warn drops unknown fields and says so in a Warning header", .source(validationPage))
        func warn() async throws {
            let answer = try await api.post("configmaps", unknown, query: [("fieldValidation", "Warn")]).succeeds(201)
            #expect(answer.warnings == [#"299 - "unknown field \"unheardOf\"""#])
            #expect(answer["unheardOf"] == nil)
        }

        @Test("Warn keeps the last of repeated fields and says so", .source(validationPage))
        func warnRepeated() async throws {
            let answer = try await api.send(
                "POST", "configmaps", query: [("fieldValidation", "Warn")], body: repeated
            ).succeeds(201)
            #expect(answer.warnings == [#"299 - "duplicate field \"immutable\"""#])
            #expect(answer["immutable"]?.bool == true)
        }

        @Test("Warn is the default", .source(validationPage))
        func defaultIsWarn() async throws {
            let answer = try await api.post("configmaps", unknown).succeeds(201)
            #expect(answer.warnings == [#"299 - "unknown field \"unheardOf\"""#])
        }

        @Test("Ignore drops unknown fields and says nothing", .source(validationPage))
        func ignore() async throws {
            let answer = try await api.post("configmaps", unknown, query: [("fieldValidation", "Ignore")]).succeeds(201)
            #expect(answer.warnings.isEmpty)
            #expect(answer["unheardOf"] == nil)
        }

        @Test("Another word answers 422", .source(validationPage))
        func unknownWord() async throws {
            try await api.post("configmaps", unknown, query: [("fieldValidation", "Perhaps")])
                .fails(422, "Invalid", causes: ["fieldValidation FieldValueNotSupported"])
        }

        @Test(
            "Strict looks at the outcome of a merge patch: 422",
            .source(
                "staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go: jsonPatcher"))
        func mergePatch() async throws {
            try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.patch("configmaps/a", .merge, "{unheardOf: 1}", query: [("fieldValidation", "Strict")])
                .fails(
                    422, "Invalid", #"strict decoding error: unknown field "unheardOf""#,
                    causes: ["patch FieldValueInvalid"])
        }

        @Test("Strict refuses unknown fields of a custom object", .source(validationPage))
        func strictCustom() async throws {
            try await api.post(
                "widgets", "{metadata: {name: a}, spec: {unheardOf: 1, nested: {must: x, other: 1}}}",
                query: [("fieldValidation", "Strict")]
            ).fails(400, "BadRequest", #"unknown field "spec.unheardOf""#)
        }

        @Test("Warn prunes unknown fields of a custom object and says so", .source(validationPage))
        func warnCustom() async throws {
            let answer = try await api.post(
                "widgets", "{metadata: {name: a}, spec: {unheardOf: 1}}", query: [("fieldValidation", "Warn")]
            ).succeeds(201)
            #expect(answer.warnings == [#"299 - "unknown field \"spec.unheardOf\"""#])
            #expect(answer["spec.unheardOf"] == nil)
        }
    }
}
