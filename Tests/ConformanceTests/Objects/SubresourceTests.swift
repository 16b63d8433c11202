import JSON
import Testing

private let subresources = "kubernetes.io: Extend the Kubernetes API with CustomResourceDefinitions, Subresources"

/// A deployment without pods.
let deployment = """
    {metadata: {name: a}, spec: {replicas: 0, selector: {matchLabels: {app: a}}, template: {
      metadata: {labels: {app: a}}, spec: {containers: [{name: main, image: 'example.com/none:1'}]}}}}
    """

extension Conformance {
    @Suite("Status") struct StatusTests {
        @Test("Create drops the status of a custom object", .source(subresources))
        func createDrops() async throws {
            let made = try await api.post("widgets", "{metadata: {name: a}, spec: {color: red}, status: {phase: Up}}")
                .succeeds(201)
            #expect(made["status"] == nil)
        }

        @Test("Updating the object ignores its status", .source(subresources))
        func updateIgnores() async throws {
            try await api.post("widgets", "{metadata: {name: a}, spec: {color: red}}").succeeds(201)
            try await api.patch("widgets/a/status", .merge, "{status: {phase: Up}}").succeeds()
            let patched = try await api.patch("widgets/a", .merge, "{spec: {color: blue}, status: {phase: Down}}")
                .succeeds()
            #expect(patched["spec.color"]?.string == "blue")
            #expect(patched["status.phase"]?.string == "Up")
        }

        @Test("Updating the status ignores everything else", .source(subresources))
        func statusIgnores() async throws {
            let made = try await api.post("widgets", "{metadata: {name: a}, spec: {color: red}}").succeeds(201)
            let updated = try await api.put(
                "widgets/a/status",
                "{metadata: {name: a, resourceVersion: '\(made.resourceVersion)', labels: {l: x}}, spec: {color: blue}, status: {phase: Up}}"
            ).succeeds()
            #expect(updated["spec.color"]?.string == "red")
            #expect(updated["metadata.labels"] == nil)
            #expect(updated["status.phase"]?.string == "Up")
        }

        @Test("A change of status does not count in generation", .source(subresources))
        func generation() async throws {
            try await api.post("widgets", "{metadata: {name: a}}").succeeds(201)
            let patched = try await api.patch("widgets/a/status", .merge, "{status: {phase: Up}}").succeeds()
            #expect(patched["metadata.generation"]?.int == 1)
        }

        @Test("A status is validated by the schema", .source(subresources))
        func validated() async throws {
            try await api.post("widgets", "{metadata: {name: a}}").succeeds(201)
            try await api.patch("widgets/a/status", .merge, "{status: {replicas: many}}")
                .fails(422, "Invalid", causes: ["status.replicas FieldValueTypeInvalid"])
        }

        @Test("The status of an object can be read by itself", .source(subresources))
        func get() async throws {
            let made = try await api.post("widgets", "{metadata: {name: a}}").succeeds(201)
            #expect(try await api.get("widgets/a/status").succeeds().json == made.json)
        }

        @Test("Built-in kinds keep spec and status apart as well", .source("API conventions: Spec and Status"))
        func builtIn() async throws {
            try await api.post("apps/v1/deployments", deployment).succeeds(201)
            let patched = try await api.patch(
                "apps/v1/deployments/a/status", .merge, "{spec: {paused: true}, status: {collisionCount: 7}}"
            ).succeeds()
            #expect(patched["spec.paused"] == nil)
            #expect(patched["status.collisionCount"]?.int == 7)
            #expect(patched["metadata.generation"]?.int == 1)
        }
    }

    @Suite("Scale") struct ScaleTests {
        @Test("A deployment's scale tells its replicas and selector", .source("k8s.io/api/autoscaling/v1: Scale"))
        func get() async throws {
            try await api.post("apps/v1/deployments", deployment).succeeds(201)
            let scale = try await api.get("apps/v1/deployments/a/scale").succeeds()
            #expect(scale["kind"]?.string == "Scale")
            #expect(scale["apiVersion"]?.string == "autoscaling/v1")
            #expect(scale.name == "a")
            #expect(scale["status.selector"]?.string == "app=a")
        }

        @Test("Updating the scale changes the replicas", .source("k8s.io/api/autoscaling/v1: Scale"))
        func update() async throws {
            try await api.post("widgets", "{metadata: {name: a}, spec: {replicas: 1}}").succeeds(201)
            let scale = try await api.get("widgets/a/scale").succeeds()
            #expect(scale["spec.replicas"]?.int == 1)
            try await api.put(
                "widgets/a/scale",
                "{metadata: {name: a, namespace: '{ns}', resourceVersion: '\(scale.resourceVersion)'}, spec: {replicas: 3}}"
            ).succeeds()
            let object = try await api.get("widgets/a").succeeds()
            #expect(object["spec.replicas"]?.int == 3)
            #expect(object["metadata.generation"]?.int == 2)
        }

        @Test("The scale can be patched", .source("k8s.io/api/autoscaling/v1: Scale"))
        func patch() async throws {
            try await api.post("apps/v1/deployments", deployment).succeeds(201)
            // A paused deployment makes no pods.
            try await api.patch("apps/v1/deployments/a", .merge, "{spec: {paused: true}}").succeeds()
            try await api.patch("apps/v1/deployments/a/scale", .merge, "{spec: {replicas: 2}}").succeeds()
            #expect(try await api.get("apps/v1/deployments/a")["spec.replicas"]?.int == 2)
        }

        @Test("A negative scale answers 422", .source("pkg/apis/autoscaling/validation/validation.go: ValidateScale"))
        func negative() async throws {
            try await api.post("apps/v1/deployments", deployment).succeeds(201)
            try await api.patch("apps/v1/deployments/a/scale", .merge, "{spec: {replicas: -1}}")
                .fails(422, "Invalid", causes: ["spec.replicas FieldValueInvalid"])
        }

        @Test("A custom object's scale uses the paths of its definition", .source(subresources))
        func custom() async throws {
            try await api.post("widgets", "{metadata: {name: a}, spec: {replicas: 2}}").succeeds(201)
            try await api.patch("widgets/a/status", .merge, "{status: {replicas: 1, selector: app=a}}").succeeds()
            let scale = try await api.get("widgets/a/scale").succeeds()
            #expect(scale["apiVersion"]?.string == "autoscaling/v1")
            #expect(scale["spec.replicas"]?.int == 2)
            #expect(scale["status.replicas"]?.int == 1)
            #expect(scale["status.selector"]?.string == "app=a")
        }

        @Test("A resource without scale answers 404", .source(subresources))
        func none() async throws {
            try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            #expect(try await api.get("configmaps/a/scale").status == 404)
        }
    }

    @Suite("Binding") struct BindingTests {
        private static let binding =
            "{metadata: {name: a}, target: {apiVersion: v1, kind: Node, name: 'node-of-nowhere'}}"

        @Test(
            "Binding a pod gives it its node and schedules it",
            .source("pkg/registry/core/pod/storage/storage.go: BindingREST"))
        func bind() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.plain("a")).succeeds(201)
            let answer = try await api.post("pods/a/binding", Self.binding).succeeds(201)
            #expect(answer["kind"]?.string == "Status")
            #expect(answer["status"]?.string == "Success")
            let pod = try await api.get("pods/a").succeeds()
            #expect(pod["spec.nodeName"]?.string == "node-of-nowhere")
            let condition = (pod["status.conditions"]?.array ?? []).first { $0["type"]?.string == "PodScheduled" }
            #expect(condition?["status"]?.string == "True")
            try await api.delete("pods/a", "{gracePeriodSeconds: 0}").succeeds()
        }

        @Test(
            "Annotations of the binding go to the pod", .source("pkg/registry/core/pod/storage/storage.go: BindingREST")
        )
        func annotations() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.plain("a")).succeeds(201)
            try await api.post(
                "pods/a/binding",
                "{metadata: {name: a, annotations: {example.com/k: v}}, target: {kind: Node, name: 'node-of-nowhere'}}"
            ).succeeds(201)
            #expect(try await api.get("pods/a")["metadata.annotations"]?["example.com/k"]?.string == "v")
            try await api.delete("pods/a", "{gracePeriodSeconds: 0}").succeeds()
        }

        @Test(
            "Binding a bound pod answers 409 Conflict", .source("pkg/registry/core/pod/storage/storage.go: BindingREST")
        )
        func twice() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.plain("a")).succeeds(201)
            try await api.post("pods/a/binding", Self.binding).succeeds(201)
            try await api.post("pods/a/binding", Self.binding)
                .fails(409, "Conflict", #"pod a is already assigned to node "node-of-nowhere""#)
            try await api.delete("pods/a", "{gracePeriodSeconds: 0}").succeeds()
        }

        @Test(
            "A pod behind a scheduling gate cannot be bound",
            .source("KEP-3521; pkg/registry/core/pod/storage/storage.go"))
        func gated() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.with("schedulingGates: [{name: example.com/g}]")).succeeds(201)
            try await api.post("pods/a/binding", Self.binding).fails(
                409, "Conflict", "has non-empty .spec.schedulingGates")
        }

        @Test("Binding what is not there answers 404", .source("pkg/registry/core/pod/storage/storage.go: BindingREST"))
        func missing() async throws {
            try await api.post("pods/a/binding", Self.binding).fails(404, "NotFound", #"pods "a" not found"#)
        }

        @Test(
            "A binding whose name is not the URL's answers 400",
            .source("pkg/registry/core/pod/storage/storage.go: BindingREST"))
        func otherName() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.plain("a")).succeeds(201)
            try await api.post("pods/a/binding", "{metadata: {name: b}, target: {kind: Node, name: node-of-nowhere}}")
                .fails(
                    400, "BadRequest")
        }
    }

    @Suite("Eviction") struct EvictionTests {
        private static let budget =
            "{metadata: {name: all}, spec: {minAvailable: 1, selector: {matchLabels: {app: a}}}}"

        @Test("Evicting a pod without a budget deletes it", .source("kubernetes.io: API-initiated Eviction"))
        func evict() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.plain("a")).succeeds(201)
            let answer = try await api.post("pods/a/eviction", "{metadata: {name: a}}").succeeds(201)
            #expect(answer["status"]?.string == "Success")
            try await api.get("pods/a").fails(404, "NotFound")
        }

        @Test("Evicting what is not there answers 404", .source("kubernetes.io: API-initiated Eviction"))
        func missing() async throws {
            try await api.post("pods/a/eviction", "{metadata: {name: a}}").fails(404, "NotFound")
        }

        @Test("A name other than the URL's answers 400", .source("pkg/registry/core/pod/storage/eviction.go"))
        func otherName() async throws {
            try await api.post("pods/a/eviction", "{metadata: {name: b}}").fails(400, "BadRequest")
        }

        @Test(
            "A budget that allows no disruption answers 429 with its cause",
            .source("pkg/registry/core/pod/storage/eviction.go"))
        func budget() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.plain("a", labels: "{app: a}")).succeeds(201)
            try await api.patch("pods/a/status", .merge, "{status: {phase: Running}}").succeeds()
            try await api.post("policy/v1/poddisruptionbudgets", Self.budget).succeeds(201)
            let answer = try await api.post("pods/a/eviction", "{metadata: {name: a}}")
            answer.fails(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.")
            #expect(answer["details.causes.0.reason"]?.string == "DisruptionBudget")
            try await api.get("pods/a").succeeds()
        }

        @Test(
            "A budget does not hold a pending pod", .source("pkg/registry/core/pod/storage/eviction.go: canIgnorePDB"))
        func pending() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.plain("a", labels: "{app: a}")).succeeds(201)
            try await api.post("policy/v1/poddisruptionbudgets", Self.budget).succeeds(201)
            try await api.post("pods/a/eviction", "{metadata: {name: a}}").succeeds(201)
        }

        @Test("A dry eviction leaves the pod", .source("pkg/registry/core/pod/storage/eviction.go: propagateDryRun"))
        func dryRun() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.plain("a")).succeeds(201)
            try await api.post("pods/a/eviction", "{metadata: {name: a}}", query: [("dryRun", "All")]).succeeds(201)
            try await api.get("pods/a").succeeds()
        }
    }

    @Suite("Other subresources") struct OtherSubresourceTests {
        @Test("A service account's token can be requested", .source("KEP-1205; kubernetes.io: TokenRequest"))
        func token() async throws {
            try await api.allowPods()
            let answer = try await api.post("serviceaccounts/default/token", "{spec: {expirationSeconds: 3600}}")
                .succeeds(201)
            #expect(answer["kind"]?.string == "TokenRequest")
            #expect(answer["status.token"]?.string?.split(separator: ".").count == 3)
            #expect(answer["status.expirationTimestamp"]?.string?.hasSuffix("Z") == true)
        }

        @Test("A token may not last less than ten minutes", .source("pkg/apis/authentication/validation/validation.go"))
        func shortToken() async throws {
            try await api.allowPods()
            try await api.post("serviceaccounts/default/token", "{spec: {expirationSeconds: 60}}")
                .fails(422, "Invalid", causes: ["spec.expirationSeconds FieldValueInvalid"])
        }

        @Test(
            "Asking for the log of a container that a pod lacks answers 400",
            .source("pkg/registry/core/pod/strategy.go: LogLocation"))
        func unknownContainer() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.plain("a")).succeeds(201)
            try await api.get("pods/a/log", query: [("container", "other")])
                .fails(400, "BadRequest", "container other is not valid for pod a")
        }

        @Test("A pod without a node has no log yet", .source("pkg/registry/core/pod/strategy.go: LogLocation"))
        func noLog() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.plain("a")).succeeds(201)
            let answer = try await api.get("pods/a/log")
            #expect((200..<300).contains(answer.status))
            #expect(answer.text.isEmpty)
        }
    }
}
