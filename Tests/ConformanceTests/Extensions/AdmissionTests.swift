import HTTPTransport
import JSON
import Testing

private let registration = "pkg/apis/admissionregistration/validation/validation.go"
private let webhooks = "kubernetes.io: Dynamic Admission Control"
private let policies = "KEP-3488; kubernetes.io: Validating Admission Policy"
private let hooksPath = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
private let policyPath = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"
private let bindingPath = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings"

/// A webhook of the case's namespace that nobody answers.
private func hook(_ more: String = "", replacing: [(String, String)] = []) -> String {
    var text = """
        {name: hook.conformance.example.com, clientConfig: {url: 'https://127.0.0.1:1/x'}, sideEffects: None,
         admissionReviewVersions: [v1], timeoutSeconds: 5,
         namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: '{ns}'}},
         rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [configmaps]}]\(more)}
        """
    for (old, new) in replacing { text = text.replacing(old, with: new) }
    return text
}

private func configuration(_ hooks: String...) -> String {
    "{metadata: {name: 'conformance-{suffix}'}, webhooks: [\(hooks.joined(separator: ", "))]}"
}

extension Conformance {
    @Suite("Webhooks") struct WebhookTests {
        private static func refusal(_ name: String, _ body: String, _ cause: String) -> Refusal {
            Refusal(name, source: registration, hooksPath, body, cause)
        }

        static let refusals: [Refusal] = [
            refusal(
                "A webhook's name is qualified",
                configuration(hook(replacing: [("hook.conformance.example.com", "hook")])),
                "webhooks[0].name FieldValueInvalid"),
            refusal("Names of webhooks differ", configuration(hook(), hook()), "webhooks[1].name FieldValueDuplicate"),
            refusal(
                "Side effects are said", configuration(hook(replacing: [("sideEffects: None,", "")])),
                "webhooks[0].sideEffects FieldValueRequired"),
            refusal(
                "Side effects are None or on dry runs none",
                configuration(hook(replacing: [("sideEffects: None", "sideEffects: Some")])),
                "webhooks[0].sideEffects FieldValueNotSupported"),
            refusal(
                "Review versions are said", configuration(hook(replacing: [("admissionReviewVersions: [v1],", "")])),
                "webhooks[0].admissionReviewVersions FieldValueRequired"),
            refusal(
                "A review version is one that the server knows",
                configuration(hook(replacing: [("admissionReviewVersions: [v1]", "admissionReviewVersions: [v9]")])),
                "webhooks[0].admissionReviewVersions FieldValueInvalid"),
            refusal(
                "A timeout is at most 30 seconds",
                configuration(hook(replacing: [("timeoutSeconds: 5", "timeoutSeconds: 31")])),
                "webhooks[0].timeoutSeconds FieldValueInvalid"),
            refusal(
                "A webhook has an address", configuration(hook(replacing: [("{url: 'https://127.0.0.1:1/x'}", "{}")])),
                "webhooks[0].clientConfig FieldValueRequired"),
            refusal(
                "An address is https", configuration(hook(replacing: [("https:", "http:")])),
                "webhooks[0].clientConfig.url FieldValueInvalid"),
            refusal(
                "A failure policy is Fail or Ignore", configuration(hook(", failurePolicy: Retry")),
                "webhooks[0].failurePolicy FieldValueNotSupported"),
            refusal(
                "A match policy is Exact or Equivalent", configuration(hook(", matchPolicy: Near")),
                "webhooks[0].matchPolicy FieldValueNotSupported"),
            refusal(
                "A rule has operations", configuration(hook(replacing: [("operations: [CREATE], ", "")])),
                "webhooks[0].rules[0].operations FieldValueRequired"),
            refusal(
                "A rule has resources", configuration(hook(replacing: [(", resources: [configmaps]", "")])),
                "webhooks[0].rules[0].resources FieldValueRequired"),
            refusal(
                "All groups are named alone",
                configuration(hook(replacing: [("apiGroups: ['']", "apiGroups: ['*', apps]")])),
                "webhooks[0].rules[0].apiGroups FieldValueInvalid"),
            refusal(
                "A match condition compiles",
                configuration(hook(", matchConditions: [{name: c, expression: 'object.('}]")),
                "webhooks[0].matchConditions[0].expression FieldValueInvalid"),
            refusal(
                "A match condition has a name",
                configuration(hook(", matchConditions: [{name: '', expression: 'true'}]")),
                "webhooks[0].matchConditions[0].name FieldValueRequired"),
        ]

        @Test("Configurations that are refused", arguments: refusals)
        func refused(_ row: Refusal) async throws { try await row.check() }

        @Test("What is left out has defaults", .source("pkg/apis/admissionregistration/v1/defaults.go"))
        func defaults() async throws {
            let body = configuration(
                hook(replacing: [
                    ("timeoutSeconds: 5,", ""),
                    ("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: '{ns}'}},", ""),
                ]))
            let answer = try await api.post(hooksPath, body, query: [("dryRun", "All")]).succeeds(201)
            let hook = try #require(answer["webhooks.0"])
            #expect(hook["failurePolicy"]?.string == "Fail")
            #expect(hook["matchPolicy"]?.string == "Equivalent")
            #expect(hook["timeoutSeconds"]?.int == 10)
            #expect(hook["namespaceSelector"] == [:])
            #expect(hook["objectSelector"] == [:])
            #expect(hook.at("rules.0.scope")?.string == "*")
            let mutating = try await api.post(
                "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", body, query: [("dryRun", "All")]
            ).succeeds(201)
            #expect(mutating["webhooks.0.reinvocationPolicy"]?.string == "Never")
        }

        /// Creates the configuration and waits until the server uses it.
        private func install(_ hooks: String...) async throws {
            // The probe shows that the server has read the configuration: it fails for a label that no other object has.
            let probe = hook(replacing: [
                ("hook.conformance", "probe.conformance"),
                ("sideEffects", "objectSelector: {matchLabels: {probe: on-it}}, sideEffects"),
            ])
            try await api.post(
                hooksPath,
                "{metadata: {name: 'conformance-{suffix}'}, webhooks: [\((hooks + [probe]).joined(separator: ", "))]}"
            ).succeeds(201)
            try api.cleanUp("\(hooksPath)/conformance-{suffix}")
            try await eventually("the webhook is called") {
                try await api.post(
                    "configmaps", "{metadata: {name: probe, labels: {probe: on-it}}}", query: [("dryRun", "All")]
                ).status == 500 ? () : nil
            }
        }

        @Test("A webhook that cannot be reached fails the request with 500", .source("\(webhooks), Failure policy"))
        func failurePolicyFail() async throws {
            try await install(hook())
            try await api.post("configmaps", "{metadata: {name: a}}")
                .fails(500, "InternalError", #"failed calling webhook "hook.conformance.example.com""#)
        }

        @Test("failurePolicy Ignore lets the request pass", .source("\(webhooks), Failure policy"))
        func failurePolicyIgnore() async throws {
            try await install(hook(", failurePolicy: Ignore"))
            try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
        }

        @Test("A webhook gets only the operations of its rules", .source("\(webhooks), Matching requests: rules"))
        func operations() async throws {
            try await install(hook(replacing: [("[CREATE]", "[UPDATE, DELETE]")]))
            try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.patch("configmaps/a", .merge, "{data: {k: v}}").fails(500, "InternalError")
            try await api.delete("configmaps/a").fails(500, "InternalError")
        }

        @Test("A webhook gets only the resources of its rules", .source("\(webhooks), Matching requests: rules"))
        func resources() async throws {
            try await install(hook())
            try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
        }

        @Test(
            "An object selector looks at the object's labels", .source("\(webhooks), Matching requests: objectSelector")
        )
        func objectSelector() async throws {
            try await install(hook(", objectSelector: {matchExpressions: [{key: skip, operator: DoesNotExist}]}"))
            try await api.post("configmaps", "{metadata: {name: a, labels: {skip: me}}}").succeeds(201)
            try await api.post("configmaps", "{metadata: {name: b}}").fails(500, "InternalError")
        }

        @Test(
            "A namespace selector looks at the namespace's labels",
            .source("\(webhooks), Matching requests: namespaceSelector"))
        func namespaceSelector() async throws {
            try await install(hook())
            try await api.post("/api/v1/namespaces", "{metadata: {name: '{ns}-other'}}").succeeds(201)
            try api.cleanUp("/api/v1/namespaces/{ns}-other")
            try await api.post("/api/v1/namespaces/{ns}-other/configmaps", "{metadata: {name: a}}").succeeds(201)
        }

        @Test(
            "A match condition that is false spares the request",
            .source("KEP-3716; \(webhooks), Matching requests: matchConditions"))
        func matchConditions() async throws {
            try await install(
                hook(
                    #", matchConditions: [{name: big, expression: 'object.metadata.name == "a"'}, {name: known, expression: 'request.operation == "CREATE"'}]"#
                ))
            try await api.post("configmaps", "{metadata: {name: b}}").succeeds(201)
            try await api.post("configmaps", "{metadata: {name: a}}").fails(500, "InternalError")
        }

        @Test(
            "matchPolicy Equivalent finds a resource by another version",
            .source("\(webhooks), Matching requests: matchPolicy"))
        func matchPolicy() async throws {
            try await install(
                hook(replacing: [
                    ("apiGroups: ['']", "apiGroups: ['{group}']"), ("apiVersions: [v1]", "apiVersions: [v1]"),
                    ("[configmaps]", "[widgets]"),
                ]))
            try await api.post("/apis/{group}/v1alpha1/namespaces/{ns}/widgets", "{metadata: {name: a}}").fails(
                500, "InternalError")
        }
    }

    @Suite("Validating admission policies") struct PolicyTests {
        /// Creates the policy and its binding to the case's namespace, and waits until the server uses them.
        private func install(_ policy: String, actions: String = "[Deny]") async throws {
            let made = try await api.post(
                policyPath,
                """
                {metadata: {name: 'conformance-{suffix}'}, spec: {
                 matchConstraints: {resourceRules: [{operations: [CREATE, UPDATE], apiGroups: [''], apiVersions: [v1], resources: [configmaps]}]},
                 \(policy)}}
                """)
            if made.status == 404 { try Test.cancel("the server does not serve admission policies") }
            try made.succeeds(201)
            try api.cleanUp("\(policyPath)/conformance-{suffix}")
            try await api.post(
                bindingPath,
                """
                {metadata: {name: 'conformance-{suffix}'}, spec: {policyName: 'conformance-{suffix}', validationActions: \(actions),
                 matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: '{ns}'}}}}}
                """
            ).succeeds(201)
            try api.cleanUp("\(bindingPath)/conformance-{suffix}")
        }

        /// Sends the object until it is refused.
        private func refused(_ body: String) async throws -> Answer {
            try await eventually("the policy is used") {
                let answer = try await api.post("configmaps", body, query: [("dryRun", "All")])
                return answer.status == 201 ? nil : answer
            }
        }

        private static let noSecret =
            #"validations: [{expression: '!has(object.data) || !("secret" in object.data)', message: no secrets here}]"#
        private static let secret = "{metadata: {name: a}, data: {secret: x}}"

        @Test("A policy denies with 422 and its message", .source(policies))
        func deny() async throws {
            try await install(Self.noSecret)
            try await refused(Self.secret).fails(
                422, "Invalid",
                "ValidatingAdmissionPolicy 'conformance-\(try api.suffix)' with binding 'conformance-\(try api.suffix)' denied request: no secrets here"
            )
            try await api.post("configmaps", "{metadata: {name: b}, data: {k: v}}").succeeds(201)
        }

        @Test("A validation can give its reason", .source(policies))
        func reason() async throws {
            try await install(#"validations: [{expression: 'false', reason: Forbidden, message: never}]"#)
            try await refused(Self.secret).fails(403, "Forbidden", "never")
        }

        @Test("A message expression makes the message", .source(policies))
        func messageExpression() async throws {
            try await install(
                #"validations: [{expression: 'size(object.data) < 1', messageExpression: '"found " + string(size(object.data))'}]"#
            )
            try await refused(Self.secret).fails(422, "Invalid", "denied request: found 1")
        }

        @Test("Without a message the expression is told", .source(policies))
        func failedExpression() async throws {
            try await install(#"validations: [{expression: 'size(object.data) < 1'}]"#)
            try await refused(Self.secret).fails(422, "Invalid", "failed expression: size(object.data) < 1")
        }

        @Test("The action Warn lets the request pass with a warning", .source(policies))
        func warn() async throws {
            try await install(Self.noSecret, actions: "[Warn]")
            let answer = try await eventually("it warns") { () -> Answer? in
                let answer = try await api.post("configmaps", Self.secret, query: [("dryRun", "All")])
                return answer.warnings.isEmpty ? nil : answer
            }
            #expect(answer.status == 201)
            #expect(answer.warnings.first?.contains("no secrets here") == true)
        }

        @Test("Variables can be used in validations", .source(policies))
        func variables() async throws {
            try await install(
                #"variables: [{name: count, expression: 'has(object.data) ? size(object.data) : 0'}], validations: [{expression: 'variables.count < 2', message: too many}]"#
            )
            try await refused("{metadata: {name: a}, data: {k: v, l: v}}").fails(422, "Invalid", "too many")
            try await api.post("configmaps", "{metadata: {name: b}, data: {k: v}}").succeeds(201)
        }

        @Test("A policy sees the old object of an update", .source(policies))
        func oldObject() async throws {
            try await api.post("configmaps", "{metadata: {name: a}, data: {k: v}}").succeeds(201)
            try await install(
                #"validations: [{expression: 'oldObject == null || object.data.k == oldObject.data.k', message: k stays}]"#
            )
            try await eventually("the policy is used") {
                try await api.patch("configmaps/a", .merge, "{data: {k: w}}", query: [("dryRun", "All")]).status == 422
                    ? () : nil
            }
            try await api.patch("configmaps/a", .merge, "{data: {l: w}}").succeeds()
        }

        @Test("A policy's expression that does not compile is refused", .source(policies))
        func compile() async throws {
            let answer = try await api.post(
                policyPath,
                """
                {metadata: {name: 'conformance-{suffix}'}, spec: {validations: [{expression: 'object.('}],
                 matchConstraints: {resourceRules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [configmaps]}]}}}
                """, query: [("dryRun", "All")])
            answer.fails(422, "Invalid", causes: ["spec.validations[0].expression FieldValueInvalid"])
        }
    }
}
