import HTTPTransport
import JSON
import Testing

@testable import LocalAPIServer

@Suite("Verbs over TLS")
struct VerbTests {
    private let maps = "/api/v1/namespaces/default/configmaps"

    @Test("an object is made, read, replaced, patched and deleted")
    func lifeOfAnObject() async throws {
        try await RunningAPIServer.with { server in
            let made = try await server.expect("POST", maps, Sample.configMap("a", ["x": "1"]))
            #expect(made[path: "metadata", "uid"]?.string?.count == 36)
            #expect(made[path: "metadata", "creationTimestamp"]?.string != nil)
            var next = JSONValue(made)
            next[path: ["data", "x"]] = "2"
            let replaced = try await server.expect("PUT", maps + "/a", next)
            #expect(replaced[path: "data", "x"]?.string == "2")
            let stale = try await server.call("PUT", maps + "/a", next)
            #expect(stale.status == 409)
            #expect(stale.message.contains("the object has been modified"))
            let merged = try await server.expect(
                "PATCH", maps + "/a", ["data": ["x": .null, "y": "3"]], type: "application/merge-patch+json")
            #expect(merged["data"].map { JSONValue($0) } == ["y": "3"])
            let patched = try await server.expect(
                "PATCH", maps + "/a",
                [["op": "test", "path": "/data/y", "value": "3"], ["op": "remove", "path": "/data/y"]],
                type: "application/json-patch+json")
            #expect(patched["data"]?.isEmpty ?? true)
            // Source: k8s.io/apimachinery pkg/api/errors NewGenericServerResponse, which keeps the reason to itself.
            let refused = try await server.call(
                "PATCH", maps + "/a", [["op": "test", "path": "/data/y", "value": "3"]],
                type: "application/json-patch+json")
            #expect(refused.status == 422)
            #expect(refused.message == "the server rejected our request due to an error in our request")
            try await server.expect("DELETE", maps + "/a")
            #expect(try await server.call("GET", maps + "/a").status == 404)
        }
    }

    @Test("resourceVersions are one sequence and an equal write does not count")
    func revisions() async throws {
        try await RunningAPIServer.with { server in
            let first = try await server.expect("POST", maps, Sample.configMap("a"))
            let second = try await server.expect(
                "POST", "/api/v1/namespaces/default/secrets", ["metadata": ["name": "s"]])
            func version(_ object: JSONView) -> Int {
                object[path: "metadata", "resourceVersion"]?.string.flatMap { Int($0) } ?? 0
            }
            #expect(version(second) > version(first))
            let same = try await server.expect(
                "PATCH", maps + "/a", ["data": [:]], type: "application/merge-patch+json")
            #expect(version(same) == version(first))
        }
    }

    @Test("a dry run is validated and answered but not kept")
    func dryRun() async throws {
        try await RunningAPIServer.with { server in
            let made = try await server.expect("POST", maps + "?dryRun=All", Sample.configMap("a"))
            #expect(made[path: "metadata", "uid"]?.string != nil)
            #expect(try await server.call("GET", maps + "/a").status == 404)
            let wrong = try await server.call(
                "POST", "/api/v1/namespaces/default/pods?dryRun=All",
                [
                    "metadata": ["name": "p"], "spec": ["containers": []],
                ])
            #expect(wrong.status == 422)
        }
    }

    @Test("lists come in pages of one revision, with selectors and as tables")
    func lists() async throws {
        try await RunningAPIServer.with { server in
            for number in 1...5 {
                var map = Sample.configMap("m\(number)")
                map[path: ["metadata", "labels"]] = ["parity": number % 2 == 0 ? "even" : "odd"]
                try await server.expect("POST", maps, map)
            }
            let odd = try await server.expect("GET", maps + "?labelSelector=parity%3Dodd")
            #expect(odd["items"]?.elements.compactMap { $0[path: "metadata", "name"]?.string } == ["m1", "m3", "m5"])
            let named = try await server.expect("GET", maps + "?fieldSelector=metadata.name%3Dm2")
            #expect(named["items"]?.count == 1)
            let page = try await server.expect("GET", maps + "?limit=2&labelSelector=parity")
            let token = page[path: "metadata", "continue"]?.string ?? ""
            try await server.expect("POST", maps, Sample.configMap("later"))
            let rest = try await server.expect("GET", maps + "?labelSelector=parity&continue=" + token)
            #expect(rest["items"]?.count == 3)
            #expect(
                rest[path: "metadata", "resourceVersion"]?.string == page[path: "metadata", "resourceVersion"]?.string)
            let table = try await server.call(
                "GET", maps, accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
            #expect(table.json["kind"]?.string == "Table")
            #expect(
                table.json["columnDefinitions"]?.elements.compactMap { $0["name"]?.string } == ["Name", "Data", "Age"])
            #expect(try await server.call("GET", maps + "?fieldSelector=data.x%3D1").status == 400)
        }
    }

    @Test("server-side apply makes, owns and gives up fields")
    func serverSideApply() async throws {
        try await RunningAPIServer.with { server in
            func apply(_ data: JSONValue, manager: String, force: Bool = false) async throws -> RunningAPIServer.Answer
            {
                try await server.call(
                    "PATCH", maps + "/a?fieldManager=\(manager)" + (force ? "&force=true" : ""),
                    ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"], "data": data],
                    type: "application/apply-patch+yaml")
            }
            #expect(try await apply(["x": "1", "y": "1"], manager: "one").status == 201)
            let conflict = try await apply(["x": "2"], manager: "two")
            #expect(conflict.status == 409)
            #expect(conflict.json[path: "details", "causes"]?[0]?["reason"]?.string == "FieldManagerConflict")
            #expect(try await apply(["x": "2"], manager: "two", force: true).status == 200)
            let last = try await apply([:], manager: "one")
            #expect(last.json["data"].map { JSONValue($0) } == ["x": "2"])
        }
    }

    @Test("scale shows and changes the number of replicas only")
    func scale() async throws {
        try await RunningAPIServer.with { server in
            let path = "/apis/apps/v1/namespaces/default/deployments"
            try await server.expect(
                "POST", path,
                [
                    "metadata": ["name": "d"],
                    "spec": [
                        "selector": ["matchLabels": ["app": "x"]],
                        "template": [
                            "metadata": ["labels": ["app": "x"]],
                            "spec": ["containers": [["name": "a", "image": "b"]]],
                        ],
                    ],
                ])
            let scale = try await server.expect("GET", path + "/d/scale")
            #expect(scale[path: "spec", "replicas"]?.int == 1)
            #expect(scale[path: "status", "selector"]?.string == "app=x")
            try await server.expect(
                "PATCH", path + "/d/scale", ["spec": ["replicas": 3]], type: "application/merge-patch+json")
            let deployment = try await server.expect("GET", path + "/d")
            #expect(deployment[path: "spec", "replicas"]?.int == 3)
            #expect(deployment[path: "metadata", "generation"]?.int == 2)
        }
    }

    @Test("a finalizer keeps an object until it is taken away")
    func finalizers() async throws {
        try await RunningAPIServer.with { server in
            var map = Sample.configMap("a")
            map[path: ["metadata", "finalizers"]] = ["example.com/hold"]
            try await server.expect("POST", maps, map)
            let deleted = try await server.expect("DELETE", maps + "/a")
            #expect(deleted[path: "metadata", "deletionTimestamp"]?.string != nil)
            let added = try await server.call(
                "PATCH", maps + "/a", ["metadata": ["finalizers": ["example.com/hold", "example.com/more"]]],
                type: "application/merge-patch+json")
            #expect(added.status == 422)
            try await server.expect(
                "PATCH", maps + "/a", ["metadata": ["finalizers": []]], type: "application/merge-patch+json")
            #expect(try await server.call("GET", maps + "/a").status == 404)
        }
    }

    @Test("who brings no certificate may only ask for health and version")
    func anonymous() async throws {
        try await RunningAPIServer.with { server in
            let stranger = try server.stranger()
            defer { stranger.close() }
            for (path, status) in [("/readyz", 200), ("/version", 200), ("/api", 401), ("/api/v1/pods", 401)] {
                #expect(try await stranger.send(.init(url: server.address + path)).status == status, "\(path)")
            }
        }
    }

    @Test(
        "what is not there or not allowed is answered with a Status",
        arguments: [
            ("GET", "/apis/none.example.com/v1/things", 404, "NotFound"), ("GET", "/nothing", 404, "NotFound"),
            ("POST", "/api/v1/pods", 405, "MethodNotAllowed"),
            ("GET", "/api/v1/namespaces/default/pods/x/exec?stdout=true", 404, "NotFound"),
            ("PUT", "/api/v1/namespaces/default/pods/x/exec?stdout=true", 405, "MethodNotAllowed"),
            ("GET", "/api/v1/namespaces/default/pods/x/portforward", 501, "NotImplemented"),
            ("DELETE", "/api/v1/namespaces", 405, "MethodNotAllowed"),
            ("GET", "/api/v1/configmaps?watch=1&resourceVersion=abc", 400, "BadRequest"),
            ("GET", "/api/v1/namespaces/default/configmaps/x", 404, "NotFound"),
        ])
    func failures(method: String, path: String, status: Int, reason: String) async throws {
        try await RunningAPIServer.with { server in
            let answer = try await server.call(method, path, method == "POST" ? [:] : nil)
            #expect(answer.status == status)
            #expect(answer.json["kind"]?.string == "Status")
            #expect(answer.json["reason"]?.string == reason)
        }
    }

    @Test("malformed bodies get 400, too large ones 413, and the server lives on")
    func hostileBodies() async throws {
        try await RunningAPIServer.with { server in
            for (body, status) in [
                ("{", 400), ("[]", 400), (#"{"kind":"Pod"}"#, 400), (#"{"metadata":{"labels":[1]}}"#, 400),
            ] {
                let response = try await server.client.send(
                    .init(
                        method: "POST", url: server.address + maps, headers: [("Content-Type", "application/json")],
                        body: Array(body.utf8)))
                #expect(response.status == status, "\(body)")
            }
            let large = Sample.configMap("a", ["x": String(repeating: "x", count: 4 << 20)])
            #expect(try await server.call("POST", maps, large).status == 413)
            try await server.expect("GET", maps)
        }
    }
}
