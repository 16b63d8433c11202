import JSON
import KubernetesModel
import Testing

@testable import LocalAPIServer

@Suite("Watches")
struct WatchTests {
    private let maps = "/api/v1/namespaces/default/configmaps"

    @Test("a watch goes on from a resourceVersion and sees additions, changes and deletions in order")
    func changes() async throws {
        try await RunningAPIServer.with { server in
            let start = try await server.expect("GET", maps)[path: "metadata", "resourceVersion"]?.string ?? ""
            try await server.expect("POST", maps, Sample.configMap("a"))
            try await server.expect(
                "PATCH", maps + "/a", ["data": ["x": "1"]], type: "application/merge-patch+json")
            try await server.expect("DELETE", maps + "/a")
            var seen: [String] = []
            try await server.watch(maps + "?watch=1&fieldSelector=metadata.name%3Da&resourceVersion=" + start) { line in
                seen.append(line["type"]?.string ?? "")
                return seen.count < 3
            }
            #expect(seen == ["ADDED", "MODIFIED", "DELETED"])
        }
    }

    @Test("an object that stops to match a selector is deleted for the watch")
    func selectors() async throws {
        try await RunningAPIServer.with { server in
            let start = try await server.expect("GET", maps)[path: "metadata", "resourceVersion"]?.string ?? ""
            try await server.expect("POST", maps, Sample.configMap("a"))
            for value: JSONValue in ["on", "off"] {
                try await server.expect(
                    "PATCH", maps + "/a", ["metadata": ["labels": ["state": value]]],
                    type: "application/merge-patch+json")
            }
            var seen: [String] = []
            try await server.watch(maps + "?watch=1&labelSelector=state%3Don&resourceVersion=" + start) { line in
                seen.append(line["type"]?.string ?? "")
                return seen.count < 2
            }
            #expect(seen == ["ADDED", "DELETED"])
        }
    }

    @Test("initial events end with a bookmark that says so")
    func initialEvents() async throws {
        try await RunningAPIServer.with { server in
            try await server.expect("POST", maps, Sample.configMap("a"))
            var types: [String] = []
            let query = "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
            try await server.watch(maps + query) { line in
                types.append(line["type"]?.string ?? "")
                guard types.last == "BOOKMARK" else { return true }
                #expect(line[path: "object", "metadata", "annotations", "k8s.io/initial-events-end"]?.string == "true")
                return false
            }
            #expect(types.dropLast().allSatisfy { $0 == "ADDED" })
            #expect(types.count >= 2)
        }
    }

    @Test("a watch with a time limit ends by itself, with a last bookmark if wanted")
    func timeLimit() async throws {
        try await RunningAPIServer.with { server in
            var types: [String] = []
            try await server.watch(maps + "?watch=1&timeoutSeconds=1&allowWatchBookmarks=true&resourceVersion=9") {
                line in
                types.append(line["type"]?.string ?? "")
                return true
            }
            #expect(types.last == "BOOKMARK")
        }
    }

    @Test("a history that no longer reaches back is Expired")
    func expired() throws {
        let store = Store(historyCapacity: 4)
        let resource = GroupResource.configMaps
        let key = ObjectKey(namespace: "a", name: "b")
        var object = try store.create(resource, key, ["metadata": ["name": "b"], "count": 0])
        let first = object.revision
        for count in 1...20 {
            var value = object.value
            value["count"] = JSONValue(count)
            object = try #require(try store.replace(resource, key, value, expected: object.revision))
        }
        let error = #expect(throws: StatusBody.self) { try store.events(of: resource, after: first) }
        #expect(error?.code == 410)
        #expect(error?.reason == "Expired")
        let recent = try store.events(of: resource, after: object.revision - 2)
        #expect(recent.events.map(\.revision) == [object.revision - 1, object.revision])
        #expect(recent.revision == object.revision)
    }

    @Test("a write with a stale revision is not made")
    func staleWrite() throws {
        let store = Store()
        let key = ObjectKey(namespace: nil, name: "a")
        let made = try store.create(.nodes, key, ["metadata": ["name": "a"]])
        _ = try #require(
            try store.replace(.nodes, key, ["metadata": ["name": "a"], "spec": [:]], expected: made.revision))
        #expect(try store.replace(.nodes, key, ["metadata": ["name": "a"]], expected: made.revision) == nil)
        #expect(try store.remove(.nodes, key, expected: made.revision) == nil)
    }
}
