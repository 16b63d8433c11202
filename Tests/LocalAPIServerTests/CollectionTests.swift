import JSON
import Testing

@testable import LocalAPIServer

@Suite("Garbage collection")
struct CollectionTests {
    private let maps = "/api/v1/namespaces/default/configmaps"

    private func makeFamily(_ server: RunningAPIServer) async throws {
        let owner = try await server.expect("POST", maps, Sample.configMap("owner"))
        try await server.expect("POST", maps, Sample.configMap("child", owner: owner))
    }

    @Test("dependents follow their owner", arguments: ["Background", "Foreground"])
    func dependents(policy: String) async throws {
        try await RunningAPIServer.with { server in
            try await makeFamily(server)
            try await server.expect("DELETE", maps + "/owner?propagationPolicy=" + policy)
            try await server.eventually(maps + "/child") { $0.status == 404 }
            try await server.eventually(maps + "/owner") { $0.status == 404 }
        }
    }

    @Test("in the foreground the owner stays until its dependents are gone")
    func foreground() async throws {
        try await RunningAPIServer.with { server in
            let owner = try await server.expect("POST", maps, Sample.configMap("owner"))
            var child = Sample.configMap("child", owner: owner)
            child[path: ["metadata", "finalizers"]] = ["example.com/hold"]
            try await server.expect("POST", maps, child)
            let deleted = try await server.expect("DELETE", maps + "/owner?propagationPolicy=Foreground")
            #expect(deleted[path: "metadata", "finalizers"]?.strings == ["foregroundDeletion"])
            try await server.eventually(maps + "/child") { $0.json[path: "metadata", "deletionTimestamp"] != nil }
            #expect(try await server.call("GET", maps + "/owner").status == 200)
            try await server.expect(
                "PATCH", maps + "/child", ["metadata": ["finalizers": .null]], type: "application/merge-patch+json")
            try await server.eventually(maps + "/owner") { $0.status == 404 }
        }
    }

    @Test("orphans stay and forget their owner")
    func orphans() async throws {
        try await RunningAPIServer.with { server in
            try await makeFamily(server)
            try await server.expect("DELETE", maps + "/owner?propagationPolicy=Orphan")
            try await server.eventually(maps + "/owner") { $0.status == 404 }
            let child = try await server.expect("GET", maps + "/child")
            #expect(child[path: "metadata", "ownerReferences"] == nil)
        }
    }

    @Test("an object whose owner never was is deleted")
    func absentOwner() async throws {
        try await RunningAPIServer.with { server in
            var child = Sample.configMap("child")
            child[path: ["metadata", "ownerReferences"]] = [
                ["apiVersion": "v1", "kind": "ConfigMap", "name": "ghost", "uid": "none"]
            ]
            try await server.expect("POST", maps, child)
            try await server.eventually(maps + "/child") { $0.status == 404 }
        }
    }

    @Test("a namespace takes nothing new while it goes, and goes when it is empty")
    func namespaces() async throws {
        try await RunningAPIServer.with { server in
            try await server.expect("POST", "/api/v1/namespaces", ["metadata": ["name": "team"]])
            let inside = "/api/v1/namespaces/team/configmaps"
            try await server.eventually(inside) { $0.json["items"]?.isEmpty == false }
            var held = Sample.configMap("held")
            held[path: ["metadata", "finalizers"]] = ["example.com/hold"]
            try await server.expect("POST", inside, held)
            let deleted = try await server.expect("DELETE", "/api/v1/namespaces/team")
            #expect(deleted[path: "status", "phase"]?.string == "Terminating")
            let late = try await server.call("POST", inside, Sample.configMap("late"))
            #expect(late.status == 403)
            #expect(late.message.contains("because it is being terminated"))
            try await server.eventually(inside) { $0.json["items"]?.count == 1 }
            try await server.expect(
                "PATCH", inside + "/held", ["metadata": ["finalizers": []]], type: "application/merge-patch+json")
            try await server.eventually("/api/v1/namespaces/team") { $0.status == 404 }
            #expect(try await server.call("POST", inside, Sample.configMap("x")).status == 404)
        }
    }

    @Test("services get addresses of the block, once each, and give them back")
    func serviceAddresses() async throws {
        try await RunningAPIServer.with { server in
            let services = "/api/v1/namespaces/default/services"
            func service(_ name: String, _ address: JSONValue? = nil) -> JSONValue {
                var object: JSONValue = ["metadata": ["name": JSONValue(name)], "spec": ["ports": [["port": 80]]]]
                object[path: ["spec", "clusterIP"]] = address
                return object
            }
            let first = try await server.expect("POST", services, service("a"))
            #expect(first[path: "spec", "clusterIP"]?.string == "127.96.0.2")
            #expect(first[path: "spec", "ports"]?[0]?["targetPort"]?.int == 80)
            #expect(try await server.call("POST", services, service("b", "127.96.0.2")).status == 422)
            let headless = try await server.expect("POST", services, service("c", "None"))
            #expect(headless[path: "spec", "clusterIP"]?.string == "None")
            try await server.expect("DELETE", services + "/a")
            let again = try await server.expect("POST", services, service("d"))
            #expect(again[path: "spec", "clusterIP"]?.string == "127.96.0.2")
        }
    }
}
