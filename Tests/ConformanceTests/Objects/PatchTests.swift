import JSON
import Testing

private let concepts = "kubernetes.io: Kubernetes API Concepts, Patch"
private let patchHandler = "staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go"
private let strategic = "kubernetes.io: Update API Objects in Place Using kubectl patch"

extension Conformance {
    @Suite("JSON patch") struct JSONPatchTests {
        private func make() async throws {
            try await api.post("configmaps", "{metadata: {name: a}, data: {k: v, l: w}}").succeeds(201)
        }

        @Test("Operations apply in their order", .source("RFC 6902; \(concepts)"))
        func operations() async throws {
            try await make()
            let patched = try await api.patch(
                "configmaps/a", .json,
                """
                [{op: test, path: /data/k, value: v}, {op: add, path: /data/m, value: x}, {op: replace, path: /data/k, value: u},
                 {op: remove, path: /data/l}, {op: copy, from: /data/m, path: /data/p}, {op: move, from: /data/m, path: /data/o}]
                """
            ).succeeds()
            #expect(patched["data"] == ["k": "u", "p": "x", "o": "x"])
        }

        @Test("A failed test answers 422 Invalid and changes nothing", .source(patchHandler))
        func failedTest() async throws {
            try await make()
            try await api.patch(
                "configmaps/a", .json,
                "[{op: replace, path: /data/l, value: z}, {op: test, path: /data/k, value: other}]"
            ).fails(422, "Invalid")
            #expect(try await api.get("configmaps/a")["data.l"]?.string == "w")
        }

        @Test("Removing what is not there answers 422 Invalid", .source(patchHandler))
        func missingPath() async throws {
            try await make()
            try await api.patch("configmaps/a", .json, "[{op: remove, path: /data/none}]").fails(422, "Invalid")
        }

        @Test("A patch that is no list answers 400", .source(patchHandler))
        func malformed() async throws {
            try await make()
            try await api.patch("configmaps/a", .json, "{op: remove, path: /data/k}").fails(400, "BadRequest")
        }

        @Test("Patching what is not there answers 404", .source(patchHandler))
        func missingObject() async throws {
            try await api.patch("configmaps/none", .json, "[{op: remove, path: /data/k}]").fails(404, "NotFound")
        }

        @Test("An element can be added to the end of a list", .source("RFC 6902"))
        func append() async throws {
            try await api.post("widgets", "{metadata: {name: a}, spec: {numbers: [1]}}").succeeds(201)
            let patched = try await api.patch(
                "widgets/a", .json,
                "[{op: add, path: /spec/numbers/-, value: 2}, {op: add, path: /spec/numbers/0, value: 0}]"
            ).succeeds()
            #expect(patched["spec.numbers"] == [0, 1, 2])
        }
    }

    @Suite("Merge patch") struct MergePatchTests {
        @Test("Members are set, null removes them, the rest stays", .source("RFC 7386; \(concepts)"))
        func members() async throws {
            try await api.post("configmaps", "{metadata: {name: a}, data: {k: v, l: w, m: x}}").succeeds(201)
            let patched = try await api.patch("configmaps/a", .merge, "{data: {k: new, l: null, p: z}}").succeeds()
            #expect(patched["data"] == ["k": "new", "m": "x", "p": "z"])
        }

        @Test("Lists are replaced", .source("RFC 7386; \(concepts)"))
        func lists() async throws {
            try await api.post("widgets", "{metadata: {name: a}, spec: {parts: [{name: x}, {name: w}]}}").succeeds(201)
            let patched = try await api.patch("widgets/a", .merge, "{spec: {parts: [{name: z, count: 3}]}}").succeeds()
            #expect(patched["spec.parts"] == [["name": "z", "count": 3]])
        }

        @Test("A resourceVersion in the patch that is old answers 409 Conflict", .source(patchHandler))
        func conflict() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.patch("configmaps/a", .merge, "{data: {k: v}}").succeeds()
            try await api.patch(
                "configmaps/a", .merge, "{metadata: {resourceVersion: '\(made.resourceVersion)'}, data: {k: w}}"
            ).fails(409, "Conflict")
        }

        @Test("A patch that changes nothing keeps the resourceVersion", .source(patchHandler))
        func noChange() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}, data: {k: v}}").succeeds(201)
            let patched = try await api.patch("configmaps/a", .merge, "{data: {k: v}}").succeeds()
            #expect(patched.resourceVersion == made.resourceVersion)
        }

        @Test("A patch cannot rename an object", .source("\(patchHandler): checkName"))
        func rename() async throws {
            try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.patch("configmaps/a", .merge, "{metadata: {name: b}}").fails(400, "BadRequest")
        }

        @Test("A patch that makes the object invalid answers 422", .source(patchHandler))
        func invalid() async throws {
            try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.patch("configmaps/a", .merge, "{data: {'a b': v}}")
                .fails(422, "Invalid", causes: ["data[a b] FieldValueInvalid"])
        }

        @Test("A patch that is no JSON answers 400", .source(patchHandler))
        func malformed() async throws {
            try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.send("PATCH", "configmaps/a", body: "{oops", type: PatchKind.merge.rawValue)
                .fails(400, "BadRequest")
        }

        @Test("A kind of patch that does not exist answers 415", .source(patchHandler))
        func unknownType() async throws {
            try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.send("PATCH", "configmaps/a", body: "{}").fails(415, "UnsupportedMediaType")
        }
    }

    @Suite("Strategic merge patch") struct StrategicMergePatchTests {
        private static let deployment = """
            {metadata: {name: a}, spec: {replicas: 0, selector: {matchLabels: {app: a}}, template: {
              metadata: {labels: {app: a}},
              spec: {tolerations: [{key: old, operator: Exists}], containers: [
                {name: x, image: 'example.com/x:1', env: [{name: E, value: e}, {name: F, value: f}],
                 ports: [{containerPort: 80}]},
                {name: two, image: 'example.com/two:1'}]}}}}
            """

        private func patched(_ body: String) async throws -> Answer {
            try await api.post("apps/v1/deployments", Self.deployment).succeeds(201)
            return try await api.patch("apps/v1/deployments/a", .strategic, "{spec: {template: {spec: \(body)}}}")
                .succeeds()
        }

        private func containers(_ answer: Answer) -> [String] {
            (answer["spec.template.spec.containers"]?.array ?? []).compactMap { $0["image"]?.string }
        }

        @Test("Containers merge by their name", .source(strategic))
        func byName() async throws {
            let answer = try await patched("{containers: [{name: two, image: 'example.com/two:2'}]}")
            #expect(Set(containers(answer)) == ["example.com/x:1", "example.com/two:2"])
        }

        @Test("An element with a new key is added", .source(strategic))
        func added() async throws {
            let answer = try await patched("{containers: [{name: z, image: 'example.com/z:1'}]}")
            #expect(Set(containers(answer)) == ["example.com/x:1", "example.com/two:1", "example.com/z:1"])
        }

        @Test("$patch: delete removes an element", .source(strategic))
        func deleted() async throws {
            let answer = try await patched("{containers: [{name: x, $patch: delete}]}")
            #expect(containers(answer) == ["example.com/two:1"])
        }

        @Test("$patch: replace replaces a list", .source(strategic))
        func replaced() async throws {
            let answer = try await patched("{containers: [{name: z, image: 'example.com/z:1'}, {$patch: replace}]}")
            #expect(containers(answer) == ["example.com/z:1"])
        }

        @Test("$setElementOrder orders a list", .source("API conventions: strategic-merge-patch.md"))
        func ordered() async throws {
            let answer = try await patched(
                "{$setElementOrder/containers: [{name: two}, {name: x}], containers: [{name: x, image: 'example.com/x:2'}]}"
            )
            #expect(containers(answer) == ["example.com/two:1", "example.com/x:2"])
        }

        @Test("Lists inside a merged element merge by their own key", .source(strategic))
        func nested() async throws {
            let answer = try await patched(
                "{containers: [{name: x, env: [{name: F, value: g}, {name: E, $patch: delete}]}]}")
            let first = (answer["spec.template.spec.containers"]?.array ?? []).first { $0["name"]?.string == "x" }
            #expect(first?["env"] == [["name": "F", "value": "g"]])
        }

        @Test("Lists without a merge key are replaced", .source(strategic))
        func atomic() async throws {
            let answer = try await patched("{tolerations: [{key: new, operator: Exists}]}")
            #expect(answer["spec.template.spec.tolerations"]?.array?.compactMap { $0["key"]?.string } == ["new"])
        }

        @Test("$retainKeys drops the members that it leaves out", .source(strategic))
        func retainKeys() async throws {
            try await api.post("apps/v1/deployments", Self.deployment).succeeds(201)
            let answer = try await api.patch(
                "apps/v1/deployments/a", .strategic, "{spec: {strategy: {$retainKeys: [type], type: Recreate}}}"
            ).succeeds()
            #expect(answer["spec.strategy"] == ["type": "Recreate"])
        }

        @Test("Without $retainKeys a defaulted rollingUpdate conflicts with Recreate", .source(strategic))
        func withoutRetainKeys() async throws {
            try await api.post("apps/v1/deployments", Self.deployment).succeeds(201)
            // The field has patchStrategy retainKeys but the patch does not say which to keep.
            try await api.patch("apps/v1/deployments/a", .strategic, "{spec: {strategy: {type: Recreate}}}")
                .fails(422, "Invalid", causes: ["spec.strategy.rollingUpdate FieldValueForbidden"])
        }

        @Test(
            "Finalizers merge, $deleteFromPrimitiveList removes one",
            .source("API conventions: strategic-merge-patch.md"))
        func primitives() async throws {
            try await api.post("configmaps", "{metadata: {name: a, finalizers: [example.com/f]}}").succeeds(201)
            let both = try await api.patch("configmaps/a", .strategic, "{metadata: {finalizers: [example.com/g]}}")
                .succeeds()
            #expect(Set(both["metadata.finalizers"]?.strings ?? []) == ["example.com/f", "example.com/g"])
            let one = try await api.patch(
                "configmaps/a", .strategic, "{metadata: {$deleteFromPrimitiveList/finalizers: [example.com/f]}}"
            ).succeeds()
            #expect(one["metadata.finalizers"]?.strings == ["example.com/g"])
            try await api.patch("configmaps/a", .merge, "{metadata: {finalizers: null}}").succeeds()
        }

        @Test("Conditions of a status merge by their type", .source("k8s.io/api/core/v1/types.go: PodStatus"))
        func conditions() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.plain("a")).succeeds(201)
            for type in ["example.com/One", "example.com/Two"] {
                try await api.patch(
                    "pods/a/status", .strategic, "{status: {conditions: [{type: \(type), status: 'True'}]}}"
                ).succeeds()
            }
            let pod = try await api.get("pods/a").succeeds()
            let types = (pod["status.conditions"]?.array ?? []).compactMap { $0["type"]?.string }
            #expect(Set(types).isSuperset(of: ["example.com/One", "example.com/Two"]))
        }

        @Test(
            "Custom objects do not know it: 415",
            .source("kubernetes.io: Custom Resources, advanced features; \(patchHandler)"))
        func customObject() async throws {
            try await api.post("widgets", "{metadata: {name: a}}").succeeds(201)
            try await api.patch("widgets/a", .strategic, "{spec: {color: red}}").fails(415, "UnsupportedMediaType")
        }
    }
}
