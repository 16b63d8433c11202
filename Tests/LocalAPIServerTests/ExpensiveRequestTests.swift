import APIMachinery
import HTTPTransport
import JSON
import Testing

@testable import LocalAPIServer

/// Requests that are small to send and would be endless to answer. The client gives up after a minute.
@Suite("Expensive requests")
struct ExpensiveRequestTests {
    private static let space = "/api/v1/namespaces/default"
    private static let widgets = "/apis/example.com/v1/namespaces/default/widgets"
    private static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

    private struct Bytes {
        var method: String
        var path: String
        var type = "application/json"
        var body: [UInt8]
    }

    private static func send(_ server: RunningAPIServer, _ request: Bytes) async throws -> RunningAPIServer.Answer {
        let response = try await server.client.send(
            HTTPRequest(
                method: request.method, url: server.address + request.path, headers: [("Content-Type", request.type)],
                body: request.body, timeout: .seconds(60)))
        return .init(
            status: response.status, json: try JSONDocument(parsing: response.body).root, headers: response.headers)
    }

    private static func definition(_ properties: JSONValue, rule: String = "true") -> JSONValue {
        var definition = Sample.widgets
        let schema: JSONValue = [
            "type": "object", "properties": ["spec": ["type": "object", "properties": properties]],
            "x-kubernetes-validations": [["rule": JSONValue(rule)]],
        ]
        definition[path: ["spec", "versions", "0", "schema", "openAPIV3Schema"]] = schema
        return definition
    }

    private static func widget(_ spec: JSONValue) -> JSONValue {
        ["apiVersion": "example.com/v1", "kind": "Widget", "metadata": ["name": "a"], "spec": spec]
    }

    @Test("sizes and depths have limits, and beyond them the answer says so")
    func limits() async throws {
        try await RunningAPIServer.with { server in
            let deep = Array((String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000)).utf8)
            let large = Array(Sample.configMap("a", ["a": String(repeating: "a", count: 3 << 20)]).bytes)
            let operations = JSONValue((0...10_000).map { _ in ["op": "remove", "path": "/x"] })
            var nested: JSONValue = [:]
            for _ in 0..<300 { nested = ["a": nested] }
            try await server.expect("POST", Self.space + "/configmaps", Sample.configMap("a"))
            let cases: [(Bytes, Int, String)] = [
                (Bytes(method: "POST", path: Self.space + "/configmaps", body: deep), 400, "BadRequest"),
                (
                    Bytes(method: "POST", path: Self.space + "/configmaps", type: "application/yaml", body: deep), 400,
                    "BadRequest"
                ),
                (Bytes(method: "POST", path: Self.space + "/configmaps", body: large), 413, "RequestEntityTooLarge"),
                (
                    Bytes(
                        method: "PATCH", path: Self.space + "/configmaps/a", type: "application/json-patch+json",
                        body: large), 413,
                    "RequestEntityTooLarge"
                ),
                // Source: k8s.io/apiserver pkg/endpoints/handlers/patch.go.
                (
                    Bytes(
                        method: "PATCH", path: Self.space + "/configmaps/a", type: "application/json-patch+json",
                        body: operations.bytes), 413, "RequestEntityTooLarge"
                ),
                (
                    Bytes(
                        method: "PATCH", path: Self.space + "/configmaps/a", type: "application/json-patch+json",
                        body: JSONValue([["op": "add", "path": "/data", "value": nested]]).bytes), 400, "BadRequest"
                ),
                // What the HTTP layer refuses is a Status, too.
                (Bytes(method: "GET", path: "/" + String(repeating: "a", count: 20_000), body: []), 431, ""),
                (
                    Bytes(
                        method: "POST", path: Self.space + "/configmaps", type: "application/cbor",
                        body: [0xD9, 0xD9, 0xF7]), 415, "UnsupportedMediaType"
                ),
            ]
            for (request, status, reason) in cases {
                let answer = try await Self.send(server, request)
                #expect(answer.status == status && answer.json["reason"]?.string ?? "" == reason, "\(answer.json.text)")
            }
        }
    }

    @Test("objects with very many members and elements are changed in time", .timeLimit(.minutes(5)))
    func wide() async throws {
        try await RunningAPIServer.with { server in
            let many = JSONValue.object((0..<40_000).map { ("key\($0)", "v") })
            let path = Self.space + "/configmaps/a"
            var map = Sample.configMap("a")
            map["data"] = many
            for (method, type) in [
                ("PATCH", "application/apply-patch+yaml"), ("PUT", "application/json"),
                ("PATCH", "application/merge-patch+json"),
                ("PATCH", "application/strategic-merge-patch+json"),
            ] {
                let query = "?fieldManager=a" + (type.contains("apply") ? "&force=true" : "")
                let answer = try await Self.send(
                    server, Bytes(method: method, path: path + query, type: type, body: map.bytes))
                #expect(answer.status < 300, "\(type): \(answer.message.prefix(500))")
            }
            let properties: JSONValue = [
                "list": [
                    "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["key"],
                    "items": ["type": "object", "required": ["key"], "properties": ["key": ["type": "string"]]],
                ]
            ]
            try await server.expect("POST", Self.definitions, Self.definition(properties))
            var widget = Self.widget(["list": JSONValue((0..<10_000).map { ["key": JSONValue("k\($0)")] })])
            widget[path: ["unknown"]] = many
            for method in ["POST", "PATCH"] {
                let type = method == "POST" ? "application/json" : "application/merge-patch+json"
                let target = Self.widgets + (method == "POST" ? "" : "/a") + "?fieldValidation=Ignore"
                let answer = try await Self.send(
                    server, Bytes(method: method, path: target, type: type, body: widget.bytes))
                #expect(answer.status < 300, "\(answer.message.prefix(500))")
            }
            let pod = Sample.pod("p")
            try await server.expect("POST", Self.space + "/pods", pod)
            let gates = JSONValue((0..<20_000).map { ["name": JSONValue("g\($0)"), "emptyDir": [:]] })
            let patch: JSONValue = ["spec": ["volumes": gates, "$setElementOrder/volumes": gates]]
            let answer = try await Self.send(
                server,
                Bytes(
                    method: "PATCH", path: Self.space + "/pods/p", type: "application/strategic-merge-patch+json",
                    body: patch.bytes))
            #expect(answer.status == 422, "\(answer.message.prefix(500))")
        }
    }

    @Test(
        "patterns and rules that would run for ever end", .timeLimit(.minutes(5)),
        arguments: [
            (["text": ["type": "string", "pattern": "^(a+)+$"]], "true", "should match"),
            ([:], "self.spec.text.matches('^(a+)+$')", "failed rule"),
            ([:], "self.spec.text.replace('a', self.spec.text).size() < 0", "cost"),
            (
                [:], "self.spec.list.all(x, self.spec.list.all(y, self.spec.list.all(z, x + y + z >= 0)))",
                "no further validation rules will be run due to call cost exceeds limit for rule"
            ),
        ] as [(JSONValue, String, String)])
    func endless(properties: JSONValue, rule: String, expected: String) async throws {
        try await RunningAPIServer.with { server in
            var all: JSONValue = [
                "text": ["type": "string"], "list": ["type": "array", "items": ["type": "integer"]],
            ]
            for (name, schema) in properties.members ?? [] { all[name] = schema }
            try await server.expect("POST", Self.definitions, Self.definition(all, rule: rule))
            let spec: JSONValue = [
                "text": JSONValue(String(repeating: "a", count: 50_000) + "!"),
                "list": JSONValue((0..<2_000).map { JSONValue($0 + 100) }),
            ]
            let answer = try await Self.send(
                server, Bytes(method: "POST", path: Self.widgets, body: Self.widget(spec).bytes))
            #expect(answer.status == 422 && answer.message.contains(expected), "\(answer.json.text.prefix(1_000))")
        }
    }

    @Test("the rules of an object have one budget, and end with it")
    func sharedBudget() throws {
        let rule: JSONValue = [["rule": "[1,2,3].all(x, [1,2,3].all(y, x + y != self))"]]
        let json: JSONValue = ["type": "array", "items": ["type": "integer", "x-kubernetes-validations": rule]]
        let schema = try StructuralSchema(json.document().root)
        let programs = RulePrograms()
        var budget = 1_000
        let errors = try schema.validate(JSONValue((100..<200).map { JSONValue($0) }).document().root) {
            programs.evaluate($0, $1, $2, budget: &budget)
        }
        #expect(errors.count == 1 && errors.description.contains("running out of cost budget"), "\(errors)")
    }

    @Test(
        "patterns that Go does not read are refused",
        arguments: ["(?=a)", #"(a)\1"#, "a{1001}", "a**", String(repeating: "(", count: 100_000)])
    func patterns(pattern: String) async throws {
        try await RunningAPIServer.with { server in
            let definition = Self.definition(["text": ["type": "string", "pattern": JSONValue(pattern)]])
            let answer = try await Self.send(
                server, Bytes(method: "POST", path: Self.definitions, body: definition.bytes))
            #expect(answer.status == 422 && answer.message.contains("pattern"), "\(answer.message.prefix(500))")
        }
    }
}
