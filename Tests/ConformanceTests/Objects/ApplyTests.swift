import JSON
import Testing

private let page = "kubernetes.io: Server-Side Apply"
private let kep = "KEP-555"

extension Conformance {
    @Suite("Server-side apply") struct ApplyTests {
        private func managed(_ manager: String, _ answer: Answer) -> JSONValue? {
            answer["metadata.managedFields"]?.array?.first { $0["manager"]?.string == manager }
        }

        @Test("Applying what is not there creates it", .source(page))
        func create() async throws {
            let made = try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v}}").succeeds(
                201)
            #expect(made["data.k"]?.string == "v")
            let entry = try #require(managed("one", made))
            #expect(entry["operation"]?.string == "Apply")
            #expect(entry["fieldsV1"]?["f:data"]?["f:k"] == [:])
        }

        @Test("Applying again answers 200 and changes nothing", .source(page))
        func again() async throws {
            let made = try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v}}").succeeds(
                201)
            let same = try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v}}").succeeds(
                200)
            #expect(same.resourceVersion == made.resourceVersion)
        }

        @Test(
            "Applying another manager's field with another value answers 409 Conflict that names both",
            .source("\(page), Conflicts"))
        func conflict() async throws {
            try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v}}").succeeds(201)
            let answer = try await api.apply("configmaps/a", as: "two", "{metadata: {name: a}, data: {k: w}}")
            answer.fails(
                409, "Conflict", #"Apply failed with 1 conflict: conflict with "one": .data.k"#,
                causes: [
                    ".data.k FieldManagerConflict"
                ])
            #expect(answer["details.causes.0.message"]?.string == #"conflict with "one""#)
        }

        @Test("All conflicts are told at once", .source("apimachinery pkg/util/managedfields/internal/conflict.go"))
        func conflicts() async throws {
            try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v, l: v}}").succeeds(201)
            let answer = try await api.apply("configmaps/a", as: "two", "{metadata: {name: a}, data: {k: w, l: w}}")
            answer.fails(
                409, "Conflict", "Apply failed with 2 conflicts",
                causes: [
                    ".data.k FieldManagerConflict", ".data.l FieldManagerConflict",
                ])
        }

        @Test(
            "A conflict with an update names its version and time",
            .source("apimachinery pkg/util/managedfields/internal/conflict.go"))
        func conflictWithUpdate() async throws {
            try await api.post(
                "configmaps", "{metadata: {name: a}, data: {k: v}}", query: [("fieldManager", "editor")]
            ).succeeds(201)
            try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: w}}")
                .fails(409, "Conflict", #"conflict with "editor" using v1 at "#)
        }

        @Test("force takes the field over", .source("\(page), Conflicts"))
        func force() async throws {
            try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v, l: v}}").succeeds(201)
            let answer = try await api.apply(
                "configmaps/a", as: "two", force: true, "{metadata: {name: a}, data: {k: w}}"
            ).succeeds()
            #expect(answer["data"] == ["k": "w", "l": "v"])
            #expect(managed("one", answer)?["fieldsV1"]?["f:data"]?["f:k"] == nil)
            #expect(managed("two", answer)?["fieldsV1"]?["f:data"]?["f:k"] == [:])
        }

        @Test("Applying the same value shares the field", .source("\(page), Conflicts"))
        func shared() async throws {
            try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v}}").succeeds(201)
            let answer = try await api.apply("configmaps/a", as: "two", "{metadata: {name: a}, data: {k: v}}")
                .succeeds()
            #expect(managed("one", answer)?["fieldsV1"]?["f:data"]?["f:k"] == [:])
            #expect(managed("two", answer)?["fieldsV1"]?["f:data"]?["f:k"] == [:])
        }

        @Test("A field that its only manager no longer applies is removed", .source("\(page), Field management"))
        func removed() async throws {
            try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v, l: v}}").succeeds(201)
            let answer = try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v}}")
                .succeeds()
            #expect(answer["data"] == ["k": "v"])
        }

        @Test("A shared field stays when one manager gives it up", .source("\(page), Transferring ownership"))
        func givenUp() async throws {
            try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v, l: v}}").succeeds(201)
            try await api.apply("configmaps/a", as: "two", "{metadata: {name: a}, data: {l: v}}").succeeds()
            let answer = try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v}}")
                .succeeds()
            #expect(answer["data"] == ["k": "v", "l": "v"])
            #expect(managed("one", answer)?["fieldsV1"]?["f:data"]?["f:l"] == nil)
        }

        @Test("Fields that others set by update stay", .source("\(page), Field management"))
        func others() async throws {
            try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v}}").succeeds(201)
            try await api.patch("configmaps/a", .merge, "{data: {extra: e}}", query: [("fieldManager", "editor")])
                .succeeds()
            let answer = try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: w}}")
                .succeeds()
            #expect(answer["data"] == ["k": "w", "extra": "e"])
        }

        @Test("An update takes an applied field over without asking", .source("\(page), Conflicts"))
        func updateTakesOver() async throws {
            try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v}}").succeeds(201)
            let patched = try await api.patch(
                "configmaps/a", .merge, "{data: {k: w}}", query: [("fieldManager", "editor")]
            ).succeeds()
            #expect(managed("one", patched)?["fieldsV1"]?["f:data"]?["f:k"] == nil)
            try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v}}").fails(409, "Conflict")
        }

        @Test("One name's updates and applies are two managers", .source("\(page), Managers"))
        func operations() async throws {
            try await api.post(
                "configmaps", "{metadata: {name: a}, data: {k: v}}", query: [("fieldManager", "one")]
            ).succeeds(201)
            let answer = try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v}}")
                .succeeds()
            let operations = (answer["metadata.managedFields"]?.array ?? [])
                .filter { $0["manager"]?.string == "one" }.compactMap { $0["operation"]?.string }
            #expect(Set(operations) == ["Apply", "Update"])
        }

        @Test(
            "Without a field manager apply answers 422",
            .source("apimachinery pkg/apis/meta/v1/validation/validation.go"))
        func managerRequired() async throws {
            try await api.send(
                "PATCH", "configmaps/a", body: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}"#,
                type: PatchKind.apply.rawValue
            ).fails(422, "Invalid", "is required for apply patch", causes: ["fieldManager FieldValueRequired"])
        }

        @Test("force without apply answers 422", .source("apimachinery pkg/apis/meta/v1/validation/validation.go"))
        func forceWithoutApply() async throws {
            try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.patch("configmaps/a", .merge, "{data: {k: v}}", query: [("force", "true")])
                .fails(422, "Invalid", causes: ["force FieldValueForbidden"])
        }

        @Test(
            "managedFields cannot be applied",
            .source("apimachinery pkg/util/managedfields/internal/structuredmerge.go"))
        func managedFields() async throws {
            try await api.apply(
                "configmaps/a", as: "one", "{metadata: {name: a, managedFields: [{manager: x, operation: Apply}]}}"
            ).fails(400, "BadRequest", "metadata.managedFields must be nil")
        }

        @Test(
            "Another version in the patch answers 400",
            .source("apimachinery pkg/util/managedfields/internal/structuredmerge.go"))
        func version() async throws {
            try await api.apply("widgets/a", as: "one", "{apiVersion: '{group}/v1alpha1', metadata: {name: a}}")
                .fails(400, "BadRequest")
        }

        @Test("An old resourceVersion in the patch answers 409 Conflict", .source(page))
        func oldVersion() async throws {
            let made = try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: v}}").succeeds(
                201)
            try await api.apply("configmaps/a", as: "one", "{metadata: {name: a}, data: {k: w}}").succeeds()
            try await api.apply(
                "configmaps/a", as: "one",
                "{metadata: {name: a, resourceVersion: '\(made.resourceVersion)'}, data: {k: x}}"
            ).fails(409, "Conflict")
        }

        @Test("The patch may be YAML", .source(page))
        func yaml() async throws {
            let body = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: v # comment\n"
            try await api.send(
                "PATCH", "configmaps/a", query: [("fieldManager", "one")], body: body, type: PatchKind.apply.rawValue
            ).succeeds(201)
        }

        @Test("Managers own elements of a keyed list apart", .source("\(page), Merge strategy"))
        func keyedList() async throws {
            try await api.apply("widgets/a", as: "one", "{metadata: {name: a}, spec: {parts: [{name: x, count: 2}]}}")
                .succeeds(201)
            let both = try await api.apply(
                "widgets/a", as: "two", "{metadata: {name: a}, spec: {parts: [{name: z, count: 3}]}}"
            ).succeeds()
            #expect(Set((both["spec.parts"]?.array ?? []).compactMap { $0["name"]?.string }) == ["x", "z"])
            #expect(managed("two", both)?["fieldsV1"]?["f:spec"]?["f:parts"]?[#"k:{"name":"z"}"#]?["f:count"] == [:])
            let rest = try await api.apply("widgets/a", as: "one", "{metadata: {name: a}, spec: {}}").succeeds()
            #expect((rest["spec.parts"]?.array ?? []).compactMap { $0["name"]?.string } == ["z"])
        }

        @Test("Managers own elements of a set apart", .source("\(page), Merge strategy"))
        func set() async throws {
            try await api.apply("widgets/a", as: "one", "{metadata: {name: a}, spec: {tags: [x]}}").succeeds(201)
            let both = try await api.apply("widgets/a", as: "two", "{metadata: {name: a}, spec: {tags: [z]}}")
                .succeeds()
            #expect(Set(both["spec.tags"]?.strings ?? []) == ["x", "z"])
            let rest = try await api.apply("widgets/a", as: "one", "{metadata: {name: a}, spec: {}}").succeeds()
            #expect(rest["spec.tags"]?.strings == ["z"])
        }

        @Test("An atomic list has one owner", .source("\(page), Merge strategy"))
        func atomic() async throws {
            try await api.apply("widgets/a", as: "one", "{metadata: {name: a}, spec: {numbers: [1]}}").succeeds(201)
            try await api.apply("widgets/a", as: "two", "{metadata: {name: a}, spec: {numbers: [1, 2]}}")
                .fails(409, "Conflict", causes: [".spec.numbers FieldManagerConflict"])
        }

        @Test(
            "Containers of a deployment have owners apart", .source("k8s.io/api/core/v1/types.go: PodSpec.Containers"))
        func containers() async throws {
            func body(_ spec: String) -> String {
                "{metadata: {name: a}, spec: {replicas: 0, selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: \(spec)}}}"
            }
            try await api.apply(
                "apps/v1/deployments/a", as: "one", body("{containers: [{name: x, image: 'example.com/x:1'}]}")
            ).succeeds(201)
            let answer = try await api.apply(
                "apps/v1/deployments/a", as: "two",
                body("{containers: [{name: z, image: 'example.com/z:1', ports: [{containerPort: 80}]}]}")
            ).succeeds()
            let fields = managed("two", answer)?.at("fieldsV1/f:spec")
            #expect((answer["spec.template.spec.containers"]?.array ?? []).count == 2)
            let container = fields?["f:template"]?["f:spec"]?["f:containers"]?[#"k:{"name":"z"}"#]
            #expect(container?["f:image"] == [:])
            #expect(container?["f:ports"]?[#"k:{"containerPort":80,"protocol":"TCP"}"#]?["f:containerPort"] == [:])
        }

        @Test("Two elements with one key cannot be applied", .source("\(page), Merge strategy"))
        func duplicate() async throws {
            let answer = try await api.apply(
                "widgets/a", as: "one", "{metadata: {name: a}, spec: {parts: [{name: x}, {name: x}]}}")
            answer.fails(500, "", #".spec.parts: duplicate entries for key [name="x"]"#)
            try await api.get("widgets/a").fails(404, "NotFound")
        }

        @Test(
            "A configuration of another type than its kind cannot be applied",
            .source("apimachinery pkg/util/managedfields/internal/structuredmerge.go; structured-merge-diff typed"),
            arguments: [
                ("data: {x: 1}", ".data.x: expected string, got &value.valueUnstructured{Value:1}"),
                ("data: x", ".data: expected map, got &{x}"),
                ("immutable: x", ".immutable: expected boolean, got &{x}"),
                (
                    "metadata: {name: a, generation: x}",
                    ".metadata.generation: expected numeric (int or float), got string"
                ),
                ("unknown: 1", ".unknown: field not declared in schema"),
            ])
        func untyped(member: String, problem: String) async throws {
            let name = member.hasPrefix("metadata") ? "" : "metadata: {name: a}, "
            try await api.apply("configmaps/a", as: "one", "{\(name)\(member)}").fails(500, "", problem)
        }

        @Test("Applying to a status is recorded under its subresource", .source("KEP-555, status wiping"))
        func status() async throws {
            try await api.post("widgets", "{metadata: {name: a}, spec: {color: red}}").succeeds(201)
            let answer = try await api.apply(
                "widgets/a/status", as: "one", "{metadata: {name: a}, spec: {color: blue}, status: {phase: Up}}"
            ).succeeds()
            #expect(answer["status.phase"]?.string == "Up")
            #expect(answer["spec.color"]?.string == "red")
            let entry = try #require(managed("one", answer))
            #expect(entry["subresource"]?.string == "status")
            #expect(entry["fieldsV1"]?["f:status"]?["f:phase"] == [:])
            #expect(entry["fieldsV1"]?["f:spec"] == nil)
        }

        @Test("Applying a status does not own it through the object itself", .source("KEP-555, status wiping"))
        func statusWiped() async throws {
            let answer = try await api.apply(
                "widgets/a", as: "one", "{metadata: {name: a}, spec: {color: blue}, status: {phase: Up}}"
            ).succeeds(201)
            #expect(answer["status"] == nil)
            #expect(managed("one", answer)?["fieldsV1"]?["f:status"] == nil)
        }
    }
}
