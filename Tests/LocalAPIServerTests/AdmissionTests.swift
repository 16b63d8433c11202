import Cryptography
import HTTPTransport
import JSON
import KubernetesModel
import Logging
import Serving
import Synchronization
import Testing

@testable import LocalAPIServer

@Suite("Admission webhooks")
struct AdmissionTests {
    private let maps = "/api/v1/namespaces/default/configmaps"
    private let mutating = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
    private let validating = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"

    @Test("a mutating webhook changes the object, a validating one sees the change and may refuse it")
    func mutateThenValidate() async throws {
        try await RunningWebhook.with { webhook in
            try await RunningAPIServer.with { server in
                webhook.answer { request in
                    request[path: "object", "data", "from"]?.string == "webhook"
                        ? .refuse(code: 422, "no thanks")
                        : .patch(#"[{"op":"add","path":"/data/from","value":"webhook"}]"#)
                }
                try await server.expect("POST", mutating, webhook.configuration("Mutating"))
                let made = try await server.call("POST", maps, Sample.configMap("a", ["x": "1"]))
                #expect(made.json[path: "data", "from"]?.string == "webhook")
                #expect(made.headers["Warning"] == #"299 - "careful""#)
                let request = try #require(webhook.requests.last)
                #expect(request["operation"]?.string == "CREATE")
                #expect(request[path: "resource", "resource"]?.string == "configmaps")
                #expect(request[path: "userInfo", "username"]?.string == "kubernetes-admin")
                #expect(request["oldObject"]?.isNull == true)
                try await server.expect("POST", validating, webhook.configuration("Validating"))
                let refused = try await server.call("POST", maps, Sample.configMap("b", ["x": "1"]))
                #expect(refused.status == 422)
                #expect(refused.message == #"admission webhook "hook.example.com" denied the request: no thanks"#)
            }
        }
    }

    @Test("rules, selectors and match conditions decide whether a webhook is called")
    func matching() async throws {
        try await RunningWebhook.with { webhook in
            try await RunningAPIServer.with { server in
                webhook.answer { _ in .refuse(code: 403, "called") }
                var configuration = webhook.configuration("Validating")
                configuration[path: ["webhooks", "0", "matchConditions"]] = [
                    [
                        "name": "labelled",
                        "expression": "has(object.metadata.labels) && 'call' in object.metadata.labels",
                    ]
                ]
                try await server.expect("POST", validating, configuration)
                try await server.expect("POST", maps, Sample.configMap("free"))
                var map = Sample.configMap("called")
                map[path: ["metadata", "labels"]] = ["call": "me"]
                #expect(try await server.call("POST", maps, map).status == 403)
                try await server.expect("POST", "/api/v1/namespaces/default/secrets", ["metadata": ["name": "s"]])
                try await server.expect("DELETE", validating + "/hooks")
                try await server.expect("POST", maps, map)
            }
        }
    }

    @Test("a webhook that cannot be reached stops the write, unless its failure is to be ignored")
    func failurePolicy() async throws {
        try await RunningWebhook.with { webhook in
            try await RunningAPIServer.with { server in
                for (policy, status) in [("Fail", 500), ("Ignore", 201)] {
                    var configuration = webhook.configuration("Validating")
                    configuration[path: ["webhooks", "0", "failurePolicy"]] = JSONValue(policy)
                    configuration[path: ["webhooks", "0", "clientConfig", "url"]] = "https://127.0.0.1:1/hook"
                    try await server.expect("POST", validating, configuration)
                    let answer = try await server.call("POST", maps, Sample.configMap("a"))
                    #expect(answer.status == status)
                    if policy == "Fail" {
                        #expect(
                            answer.message.hasPrefix(
                                #"Internal error occurred: failed calling webhook "hook.example.com": failed to call webhook"#
                            ))
                    }
                    try await server.expect("DELETE", validating + "/hooks")
                }
            }
        }
    }

    @Test("a webhook with a certificate of another authority is not believed")
    func foreignAuthority() async throws {
        try await RunningWebhook.with { webhook in
            try await RunningAPIServer.with { server in
                webhook.answer { _ in .allow }
                var configuration = webhook.configuration("Validating")
                let other = try CertificateAuthority.make(commonName: "other")
                configuration[path: ["webhooks", "0", "clientConfig", "caBundle"]] = JSONValue(
                    Base64.encodeText(other.certificatePEM))
                try await server.expect("POST", validating, configuration)
                #expect(try await server.call("POST", maps, Sample.configMap("a")).status == 500)
                #expect(webhook.requests.isEmpty)
            }
        }
    }

    @Test("a webhook behind a service is found by the service and believed under the service's name")
    func service() async throws {
        try await RunningWebhook.with { webhook in
            webhook.answer { _ in .refuse(code: 403, "reached") }
            try await RunningAPIServer.with(webhookPort: webhook.port) { server in
                for (name, expected) in [
                    ("hook", #"admission webhook "hook.example.com" denied the request: reached"#),
                    ("ghost", "service \"ghost\" not found"),
                ] {
                    var configuration = webhook.configuration("Validating")
                    let path = ["webhooks", "0", "clientConfig"]
                    configuration[path: path + ["url"]] = JSONValue?.none
                    configuration[path: path + ["service"]] = [
                        "namespace": "system", "name": JSONValue(name), "path": "/hook",
                    ]
                    try await server.expect("POST", validating, configuration)
                    let answer = try await server.call("POST", maps, Sample.configMap("a"))
                    #expect(answer.message.contains(expected), "\(answer.message)")
                    try await server.expect("DELETE", validating + "/hooks")
                }
            }
        }
    }

    @Test("a webhook is asked again after a later one changed the object, if it wants that")
    func reinvocation() async throws {
        try await RunningWebhook.with { webhook in
            try await RunningAPIServer.with { server in
                webhook.answer { request in
                    let count = request[path: "object", "data"]?.count ?? 0
                    return .patch(#"[{"op":"add","path":"/data/k\#(count)","value":"x"}]"#)
                }
                var first = webhook.configuration("Mutating")
                first[path: ["webhooks", "0", "reinvocationPolicy"]] = "IfNeeded"
                var second = webhook.configuration("Mutating")
                second[path: ["metadata", "name"]] = "later"
                try await server.expect("POST", mutating, first)
                try await server.expect("POST", mutating, second)
                let made = try await server.expect("POST", maps, Sample.configMap("a", ["k": "v"]))
                #expect(made["data"]?.count == 4)
                #expect(webhook.requests.count == 3)
            }
        }
    }

    @Test("a dry run says so and is not sent to webhooks with side effects")
    func dryRun() async throws {
        try await RunningWebhook.with { webhook in
            try await RunningAPIServer.with { server in
                webhook.answer { _ in .allow }
                try await server.expect("POST", validating, webhook.configuration("Validating"))
                try await server.expect("POST", maps + "?dryRun=All", Sample.configMap("a"))
                #expect(webhook.requests.last?["dryRun"]?.bool == true)
            }
        }
    }

    @Test(
        "rules match as the real server's do",
        arguments: [
            (["pods"], "", true), (["pods"], "status", false), (["pods/status"], "status", true),
            (["pods/*"], "", true),
            (["*"], "", true), (["*"], "status", false), (["*/*"], "status", true), (["*/status"], "status", true),
            (["services"], "", false),
        ])
    func rules(resources: [String], subresource: String, expected: Bool) throws {
        let rule: JSONValue = [
            "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": JSONValue(resources),
        ]
        let definition = ResourceDefinition("v1", "pods", "Pod")
        let read = WebhookRule(try rule.document().root)
        #expect(read.matches(.create, definition, subresource: subresource) == expected)
        #expect(!read.matches(.update, definition, subresource: subresource))
    }

    @Test(
        "answers that break the protocol are failures",
        arguments: [
            "", "{}", #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}"#,
            #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"other","allowed":true}}"#,
            #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"u","allowed":true,"patch":"e30="}}"#,
            #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"u","allowed":true,"patchType":"JSONPatch","patch":"!"}}"#,
        ])
    func brokenAnswers(text: String) {
        #expect(throws: WebhookFailure.self) { try WebhookAnswer(Array(text.utf8), uid: "u", isMutating: true) }
    }
}

/// An admission server with a certificate of its own authority.
final class RunningWebhook: Sendable {
    enum Reply: Sendable {
        case allow
        case patch(String)
        case refuse(code: Int, String)
    }

    var port: Int { state.withLock { $0.port } }

    private struct State: Sendable {
        var requests: [JSONView] = []
        var reply: @Sendable (JSONView) -> Reply = { _ in .allow }
        var port = 0
    }

    private let state = Mutex(State())
    private let authority: CertificateAuthority

    private init(_ authority: CertificateAuthority) { self.authority = authority }

    var requests: [JSONView] { state.withLock { $0.requests } }
    func answer(_ reply: @escaping @Sendable (JSONView) -> Reply) { state.withLock { $0.reply = reply } }

    static func with(_ body: @escaping @Sendable (RunningWebhook) async throws -> Void) async throws {
        let authority = try CertificateAuthority.make(commonName: "webhook-ca")
        let certificate = try authority.issueServer(dnsNames: ["hook.system.svc"], ipAddresses: ["127.0.0.1"])
        let webhook = RunningWebhook(authority)
        let server = HTTPServer(
            configuration: ServerConfiguration(
                host: "127.0.0.1", port: 0,
                tls: .pem(certificateChain: certificate.chainPEM, privateKey: certificate.keyPEM)),
            handler: { webhook.respond($0) }, logger: Logger(label: "webhook") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = try await server.started()
            webhook.state.withLock { $0.port = port }
            defer { group.cancelAll() }
            try await body(webhook)
        }
    }

    private func respond(_ request: ServerRequest) -> ServerResponse {
        guard let review = try? JSONDocument(parsing: request.body).root, let asked = review["request"] else {
            return .text("not a review", status: 400)
        }
        let reply = state.withLock { state in
            state.requests.append(asked)
            return state.reply
        }
        var response: JSONValue = ["uid": asked["uid"].map { JSONValue($0) } ?? .null, "allowed": true]
        switch reply(asked) {
        case .allow: break
        case .patch(let text):
            response["patchType"] = "JSONPatch"
            response["patch"] = JSONValue(Base64.encodeText(Array(text.utf8)))
            response["warnings"] = ["careful"]
        case .refuse(let code, let message):
            response["allowed"] = false
            response["status"] = ["code": JSONValue(code), "message": JSONValue(message), "reason": "Invalid"]
        }
        let answer: JSONValue = ["kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "response": response]
        return .json(answer.bytes)
    }

    /// A configuration of kind `Mutating…` or `Validating…` that asks this server about new config maps.
    func configuration(_ kind: String) -> JSONValue {
        [
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": JSONValue(kind + "WebhookConfiguration"),
            "metadata": ["name": "hooks"],
            "webhooks": [
                [
                    "name": "hook.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None",
                    "timeoutSeconds": 5,
                    "rules": [
                        [
                            "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
                            "resources": ["configmaps"],
                        ]
                    ],
                    "clientConfig": [
                        "url": JSONValue("https://127.0.0.1:\(state.withLock { $0.port })/hook"),
                        "caBundle": JSONValue(Base64.encodeText(authority.certificatePEM)),
                    ],
                ]
            ],
        ]
    }
}
