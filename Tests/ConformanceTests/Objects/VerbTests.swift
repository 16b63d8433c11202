import HTTPTransport
import JSON
import Testing

private let concepts = "kubernetes.io: Kubernetes API Concepts"
private let store = "staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go"
private let handlers = "staging/src/k8s.io/apiserver/pkg/endpoints/handlers"

extension Conformance {
    @Suite("Verbs") struct VerbTests {
        @Test("Create answers 201 with the object as it is stored", .source(concepts))
        func create() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}, data: {k: v}}").succeeds(201)
            #expect(made["kind"]?.string == "ConfigMap")
            #expect(made["apiVersion"]?.string == "v1")
            #expect(made["metadata.namespace"]?.string == (try api.namespace))
            #expect(!made.resourceVersion.isEmpty)
            #expect(made["data.k"]?.string == "v")
        }

        @Test("Get answers the object that create answered", .source(concepts))
        func get() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}, data: {k: v}}").succeeds(201)
            let read = try await api.get("configmaps/a").succeeds()
            #expect(read.json == made.json)
        }

        @Test("Getting what is not there answers 404 NotFound with name and resource", .source(concepts))
        func notFound() async throws {
            let answer = try await api.get("configmaps/none")
            answer.fails(404, "NotFound", #"configmaps "none" not found"#)
            #expect(answer["details.name"]?.string == "none")
            #expect(answer["details.kind"]?.string == "configmaps")
        }

        @Test("A Status about a group's resource names the group", .source("apimachinery pkg/api/errors/errors.go"))
        func notFoundInGroup() async throws {
            let answer = try await api.get("apps/v1/deployments/none")
            answer.fails(404, "NotFound", #"deployments.apps "none" not found"#)
            #expect(answer["details.group"]?.string == "apps")
        }

        @Test("Creating a taken name answers 409 AlreadyExists", .source(concepts))
        func alreadyExists() async throws {
            try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            let answer = try await api.post("configmaps", "{metadata: {name: a}}")
            answer.fails(409, "AlreadyExists", #"configmaps "a" already exists"#)
            #expect(answer["details.name"]?.string == "a")
        }

        @Test("A resource that does not exist answers 404", .source(concepts))
        func unknownResource() async throws {
            #expect(try await api.get("gadgets").status == 404)
            #expect(try await api.get("/apis/nowhere.example.com/v1/gadgets").status == 404)
        }

        @Test("A method that a resource lacks answers 405 MethodNotAllowed", .source(concepts))
        func methodNotAllowed() async throws {
            try await api.send("POST", "configmaps/a", body: "{}").fails(405, "MethodNotAllowed")
            try await api.send("PUT", "configmaps", body: "{}").fails(405, "MethodNotAllowed")
        }

        @Test("A list names its kind and version, and its objects leave theirs out", .source(concepts))
        func list() async throws {
            try await api.post("secrets", "{metadata: {name: b}}").succeeds(201)
            try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            let list = try await api.get("secrets").succeeds()
            #expect(list["kind"]?.string == "SecretList")
            #expect(list["apiVersion"]?.string == "v1")
            #expect(!list.resourceVersion.isEmpty)
            #expect(list.names == ["a", "b"])
            #expect(list.items.allSatisfy { $0["kind"] == nil && $0["apiVersion"] == nil })
        }

        @Test("An empty list has an empty array of items", .source(concepts))
        func emptyList() async throws {
            let list = try await api.get("secrets").succeeds()
            #expect(list["items"]?.array?.isEmpty == true)
        }

        @Test("A list of all namespaces holds the objects of each", .source(concepts))
        func listAcrossNamespaces() async throws {
            try await api.post("secrets", "{metadata: {name: a, labels: {run: '{suffix}'}}}").succeeds(201)
            let list = try await api.get("/api/v1/secrets", query: [("labelSelector", "run={suffix}")]).succeeds()
            #expect(list.names == ["a"])
            #expect(list["items.0.metadata.namespace"]?.string == (try api.namespace))
        }

        @Test("Update replaces the whole object", .source(concepts))
        func update() async throws {
            try await api.post("configmaps", "{metadata: {name: a, labels: {l: x}}, data: {k: v, other: v}}").succeeds(
                201)
            let updated = try await api.put("configmaps/a", "{metadata: {name: a}, data: {k: w}}").succeeds()
            #expect(updated["data"] == ["k": "w"])
            #expect(updated["metadata.labels"] == nil)
        }

        @Test("Updating what is not there answers 404", .source("\(store): AllowCreateOnUpdate"))
        func updateMissing() async throws {
            try await api.put("configmaps/none", "{metadata: {name: none}}").fails(404, "NotFound")
        }

        @Test("Updating a lease that is not there creates it", .source("pkg/registry/coordination/lease/strategy.go"))
        func createOnUpdate() async throws {
            try await api.put("coordination.k8s.io/v1/leases/new", "{metadata: {name: new}}").succeeds(201)
        }

        @Test("A name in the body that differs from the URL's answers 400", .source("\(handlers)/rest.go: checkName"))
        func nameMismatch() async throws {
            try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.put("configmaps/a", "{metadata: {name: b}}")
                .fails(400, "BadRequest", "the name of the object (b) does not match the name on the URL (a)")
        }

        @Test(
            "A namespace in the body that differs from the request's answers 400",
            .source(
                "staging/src/k8s.io/apiserver/pkg/registry/rest/meta.go"))
        func namespaceMismatch() async throws {
            try await api.post("configmaps", "{metadata: {name: a, namespace: kube-system}}")
                .fails(400, "BadRequest", "does not match the namespace sent on the request")
        }

        @Test("Another kind in the body answers 400", .source("\(handlers)/create.go"))
        func kindMismatch() async throws {
            try await api.post("configmaps", "{kind: Secret, metadata: {name: a}}").fails(400, "BadRequest")
        }

        @Test("Another API version in the body answers 400", .source("\(handlers)/create.go"))
        func versionMismatch() async throws {
            try await api.post("configmaps", "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}")
                .fails(400, "BadRequest")
        }

        @Test("A body that is no JSON answers 400", .source("\(handlers)/create.go"))
        func malformed() async throws {
            try await api.send("POST", "configmaps", body: "{oops").fails(400, "BadRequest")
        }

        @Test("A value of the wrong type answers 400", .source("\(handlers)/rest.go: transformDecodeError"))
        func wrongType() async throws {
            try await api.post("configmaps", "{metadata: {name: a}, data: {k: 1}}")
                .fails(400, "BadRequest", "ConfigMap in version \"v1\" cannot be handled as a ConfigMap")
        }

        @Test(
            "A media type that the server cannot read answers 415",
            .source(
                "staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation"))
        func unsupportedMediaType() async throws {
            try await api.send("POST", "configmaps", body: "a=b", type: "application/x-www-form-urlencoded")
                .fails(415, "UnsupportedMediaType")
        }

        @Test(
            "A media type that the server cannot write answers 406",
            .source(
                "staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation"))
        func notAcceptable() async throws {
            try await api.get("configmaps", accept: "text/csv").fails(406, "NotAcceptable")
        }

        @Test("The server reads and writes YAML", .source("\(concepts), Resource encodings"))
        func yaml() async throws {
            let body = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: v\n"
            try await api.send("POST", "configmaps", body: body, type: "application/yaml").succeeds(201)
            let answer = try await api.get("configmaps/a", accept: "application/yaml").succeeds()
            #expect(answer.text.contains("\nkind: ConfigMap\n"))
            #expect(answer.headers["Content-Type"]?.hasPrefix("application/yaml") == true)
        }

        @Test("Answers are JSON unless asked otherwise", .source("\(concepts), Resource encodings"))
        func jsonByDefault() async throws {
            let answer = try await api.get("configmaps", accept: "*/*").succeeds()
            #expect(answer.headers["Content-Type"]?.hasPrefix("application/json") == true)
        }

        @Test("Delete answers a Status of success with the object's name and uid", .source(concepts))
        func delete() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            let answer = try await api.delete("configmaps/a").succeeds()
            #expect(answer["kind"]?.string == "Status")
            #expect(answer["status"]?.string == "Success")
            #expect(answer["details.name"]?.string == "a")
            #expect(answer["details.kind"]?.string == "configmaps")
            #expect(answer["details.uid"]?.string == made.uid)
            try await api.get("configmaps/a").fails(404, "NotFound")
        }

        @Test("Deleting what is not there answers 404", .source(concepts))
        func deleteMissing() async throws {
            try await api.delete("configmaps/none").fails(404, "NotFound")
        }

        @Test("Deleting with another uid as a precondition answers 409 Conflict", .source("\(store): Preconditions"))
        func deletePreconditionUID() async throws {
            try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.delete("configmaps/a", "{preconditions: {uid: 11111111-2222-3333-4444-555555555555}}")
                .fails(409, "Conflict", "the UID in the precondition")
            try await api.get("configmaps/a").succeeds()
        }

        @Test("Deleting with an old version as a precondition answers 409 Conflict", .source("\(store): Preconditions"))
        func deletePreconditionVersion() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.put("configmaps/a", "{metadata: {name: a}, data: {k: v}}").succeeds()
            try await api.delete("configmaps/a", "{preconditions: {resourceVersion: '\(made.resourceVersion)'}}")
                .fails(409, "Conflict")
        }

        @Test("Deleting with true preconditions deletes", .source("\(store): Preconditions"))
        func deletePreconditionsHold() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.delete(
                "configmaps/a", "{preconditions: {uid: \(made.uid), resourceVersion: '\(made.resourceVersion)'}}"
            ).succeeds()
        }

        @Test("Deleting a collection deletes what its selector finds", .source(concepts))
        func deleteCollection() async throws {
            for (name, color) in [("a", "red"), ("b", "blue"), ("c", "red")] {
                try await api.post("secrets", "{metadata: {name: \(name), labels: {color: \(color)}}}").succeeds(201)
            }
            try await api.delete("secrets", query: [("labelSelector", "color=red")]).succeeds()
            #expect(try await api.get("secrets").names == ["b"])
        }

        @Test("Deleting a collection deletes all of the namespace and nothing else", .source(concepts))
        func deleteWholeCollection() async throws {
            try await api.post("/api/v1/namespaces", "{metadata: {name: '{ns}-other'}}").succeeds(201)
            try api.cleanUp("/api/v1/namespaces/{ns}-other")
            try await api.post("/api/v1/namespaces/{ns}-other/secrets", "{metadata: {name: a}}").succeeds(201)
            try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            try await api.delete("secrets").succeeds()
            #expect(try await api.get("secrets").names == [])
            try await api.get("/api/v1/namespaces/{ns}-other/secrets/a").succeeds()
        }

        @Test(
            "A body of more than 3 MiB answers 413 RequestEntityTooLarge",
            .source("staging/src/k8s.io/apiserver/pkg/server/config.go: MaxRequestBodyBytes"))
        func tooLarge() async throws {
            let body = #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":""#
            let answer = try await api.send(
                "POST", "configmaps", body: body + String(repeating: "x", count: 3_200_000) + #""}}"#)
            answer.fails(413, "RequestEntityTooLarge")
        }
    }

    @Suite("Names") struct NameTests {
        @Test("generateName makes a name of the prefix and five characters", .source("\(concepts), Generated values"))
        func generateName() async throws {
            let one = try await api.post("configmaps", "{metadata: {generateName: made-}}").succeeds(201)
            let two = try await api.post("configmaps", "{metadata: {generateName: made-}}").succeeds(201)
            #expect(one.name.hasPrefix("made-") && one.name.count == 10)
            #expect(one.name != two.name)
            #expect(one["metadata.generateName"]?.string == "made-")
            #expect(one.name.dropFirst(5).allSatisfy { "bcdfghjklmnpqrstvwxz2456789".contains($0) })
        }

        @Test("generateName does nothing where there is a name", .source("apimachinery ObjectMeta.GenerateName"))
        func nameWins() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a, generateName: made-}}").succeeds(201)
            #expect(made.name == "a")
        }

        static let refusals: [Refusal] = [
            .init(
                "An object without a name is refused", source: "apimachinery pkg/api/validation/objectmeta.go",
                "configmaps", "{data: {k: v}}", "metadata.name FieldValueRequired",
                words: "name or generateName is required"),
            .init(
                "A name with capitals is refused", source: "kubernetes.io: Object Names and IDs", "configmaps",
                "{metadata: {name: Upper}}", "metadata.name FieldValueInvalid",
                words: "a lowercase RFC 1123 subdomain must consist of"),
            .init(
                "A name of 254 characters is refused", source: "kubernetes.io: Object Names and IDs", "configmaps",
                "{metadata: {name: \(String(repeating: "a", count: 254))}}", "metadata.name FieldValueInvalid",
                words: "must be no more than 253"),
            .init(
                "A generateName that cannot start a name is refused",
                source: "apimachinery pkg/api/validation/objectmeta.go", "configmaps",
                "{metadata: {generateName: Upper-}}", "metadata.generateName FieldValueInvalid"),
            .init(
                "A namespace's name is a label, without dots", source: "kubernetes.io: Namespaces",
                "/api/v1/namespaces", "{metadata: {name: a.b}}", "metadata.name FieldValueInvalid"),
            .init(
                "A namespace's name has at most 63 characters", source: "kubernetes.io: Namespaces",
                "/api/v1/namespaces", "{metadata: {name: \(String(repeating: "a", count: 64))}}",
                "metadata.name FieldValueInvalid"),
            .init(
                "A service's name has no dots", source: "kubernetes.io: Object Names and IDs", "services",
                "{metadata: {name: a.b}, spec: {ports: [{port: 80}]}}", "metadata.name FieldValueInvalid"),
            .init(
                "A custom object's name is a subdomain", source: "kubernetes.io: Object Names and IDs", "widgets",
                "{metadata: {name: Upper}}", "metadata.name FieldValueInvalid"),
        ]

        @Test("Names that are refused", arguments: refusals)
        func refused(_ row: Refusal) async throws { try await row.check() }

        @Test("RBAC names may have capitals and colons", .source("pkg/apis/rbac/validation/validation.go"))
        func pathSegmentName() async throws {
            try await api.post("rbac.authorization.k8s.io/v1/roles", "{metadata: {name: 'Any:Name'}}").succeeds(201)
        }
    }
}
