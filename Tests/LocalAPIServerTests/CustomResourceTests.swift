import HTTPTransport
import JSON
import KubernetesModel
import Testing

@testable import LocalAPIServer

@Suite("Custom resources")
struct CustomResourceTests {
    private let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    private let widgets = "/apis/example.com/v1/namespaces/default/widgets"

    @Test(
        "a definition is established at once, discovered, and its objects get defaults, columns and a status of their own"
    )
    func lifeOfAWidget() async throws {
        try await RunningAPIServer.with { server in
            let crd = try await server.expect("POST", definitions, Sample.widgets)
            #expect(crd.condition("Established") == "True")
            let discovered = try await server.expect("GET", "/apis/example.com/v1")
            #expect(
                discovered["resources"]?.elements.compactMap { $0["name"]?.string } == ["widgets", "widgets/status"])
            var given = Sample.widget("w", size: 3)
            given["status"] = ["early": true]
            let made = try await server.expect("POST", widgets, given)
            #expect(made[path: "spec", "color"]?.string == "red")
            #expect(made["status"] == nil)
            #expect(made[path: "metadata", "generation"]?.int == 1)
            let status = try await server.expect(
                "PATCH", widgets + "/w/status", ["status": ["ready": true], "spec": ["size": 50]],
                type: "application/merge-patch+json")
            #expect(status[path: "status", "ready"]?.bool == true)
            #expect(status[path: "spec", "size"]?.int == 3)
            #expect(status[path: "metadata", "generation"]?.int == 1)
            let grown = try await server.expect(
                "PATCH", widgets + "/w", ["status": ["ready": false], "spec": ["size": 4]],
                type: "application/merge-patch+json")
            #expect(grown[path: "status", "ready"]?.bool == true)
            #expect(grown[path: "metadata", "generation"]?.int == 2)
            let table = try await server.call("GET", widgets, accept: "application/json;as=Table;v=v1;g=meta.k8s.io")
            #expect(table.json["rows"]?[0]?["cells"].map { JSONValue($0) } == ["w", 4])
        }
    }

    @Test("an invalid object is refused with every problem and its path")
    func invalid() async throws {
        try await RunningAPIServer.with { server in
            try await server.expect("POST", definitions, Sample.widgets)
            var wrong = Sample.widget("w", size: 0)
            wrong[path: ["spec", "color"]] = "blue"
            let answer = try await server.call("POST", widgets, wrong)
            #expect(answer.status == 422)
            let fields = answer.json[path: "details", "causes"]?.elements.compactMap { $0["field"]?.string }
            #expect(Set(fields ?? []) == ["spec.size", "spec.color"])
            let ruled = try await server.call("POST", widgets, Sample.widget("w", size: 300))
            #expect(ruled.message.contains("size must be below 100"))
        }
    }

    @Test("unknown fields are dropped with a warning, or refused if the client is strict")
    func unknownFields() async throws {
        try await RunningAPIServer.with { server in
            try await server.expect("POST", definitions, Sample.widgets)
            var given = Sample.widget("w", size: 1)
            given[path: ["spec", "colour"]] = "red"
            let strict = try await server.call("POST", widgets + "?fieldValidation=Strict", given)
            #expect(strict.status == 400)
            #expect(strict.message.contains(#"strict decoding error: unknown field "spec.colour""#))
            let warned = try await server.call("POST", widgets, given)
            #expect(warned.status == 201)
            #expect(warned.headers["Warning"] == #"299 - "unknown field \"spec.colour\"""#)
            #expect(warned.json[path: "spec", "colour"] == nil)
            var pod = Sample.pod("p")
            pod[path: ["spec", "nodename"]] = "x"
            let builtIn = try await server.call(
                "POST", "/api/v1/namespaces/default/pods?fieldValidation=Strict", pod)
            #expect(builtIn.message.contains(#"unknown field "spec.nodename""#))
        }
    }

    @Test("an object is served in every version of its definition, also when the stored one changes")
    func versions() async throws {
        try await RunningAPIServer.with { server in
            let one = try await server.expect("POST", definitions, Sample.widgets)
            try await server.expect("POST", widgets, Sample.widget("w", size: 1))
            var two = JSONValue(one)
            var version = two[path: ["spec", "versions", "0"]] ?? .null
            version["name"] = "v2"
            two[path: ["spec", "versions", "0", "storage"]] = false
            two[path: ["spec", "versions", "1"]] = version
            let changed = try await server.expect("PUT", definitions + "/widgets.example.com", two)
            #expect(changed[path: "status", "storedVersions"]?.strings == ["v1", "v2"])
            for name in ["v1", "v2"] {
                let path = "/apis/example.com/\(name)/namespaces/default/widgets"
                let read = try await server.expect("GET", path + "/w")
                #expect(read["apiVersion"]?.string == "example.com/\(name)")
                let patched = try await server.expect(
                    "PATCH", path + "/w", ["spec": ["size": 2]], type: "application/merge-patch+json")
                #expect(patched["apiVersion"]?.string == "example.com/\(name)")
            }
            let group = try await server.expect("GET", "/apis/example.com")
            #expect(group[path: "preferredVersion", "version"]?.string == "v2")
        }
    }

    @Test("a definition takes its objects with it")
    func deletion() async throws {
        try await RunningAPIServer.with { server in
            try await server.expect("POST", definitions, Sample.widgets)
            try await server.expect("POST", widgets, Sample.widget("w", size: 1))
            try await server.expect("DELETE", definitions + "/widgets.example.com")
            try await server.eventually(definitions + "/widgets.example.com") { $0.status == 404 }
            try await server.eventually(widgets) { $0.status == 404 }
            try await server.expect("POST", definitions, Sample.widgets)
            #expect(try await server.expect("GET", widgets)["items"]?.isEmpty == true)
        }
    }

    @Test(
        "printer columns follow their paths",
        arguments: [
            (".spec.size", ["3"]), (".status.conditions[?(@.type==\"Ready\")].status", ["True"]),
            (".metadata.labels.a\\.b/c", ["x"]), (".metadata.labels['a.b/c']", ["x"]), (".spec.list[1]", ["v"]),
            (".spec.list[*]", ["u", "v"]), (".spec.none", []), (".spec.list[-1]", ["v"]),
            (".spec.list[-1:]", ["v"]), (".spec.list[0:1]", ["u"]), (".spec.list[:]", ["u", "v"]),
            (".spec.list[5:]", []), (".status.conditions[-1:].type", ["Ready"]), (".spec.none[-1:].type", []),
        ])
    func columnPaths(path: String, expected: [String]) throws {
        let object = try JSONDocument(
            parsing: #"""
                {"metadata":{"labels":{"a.b/c":"x"}},"spec":{"size":3,"list":["u","v"]},
                 "status":{"conditions":[{"type":"Done","status":"False"},{"type":"Ready","status":"True"}]}}
                """#)
        #expect(ColumnPath(path).find(in: object.root).map { $0.string ?? $0.text } == expected)
    }
}
