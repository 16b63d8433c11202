import JSON
import Testing

private let page = "kubernetes.io: Kubernetes API Concepts, Efficient detection of changes"
private let streaming = "KEP-3157; kubernetes.io: Kubernetes API Concepts, Streaming lists"

extension Conformance {
    @Suite("Watch") struct WatchTests {
        private func version() async throws -> String { try await api.get("secrets").succeeds().resourceVersion }

        @Test("A watch from a version tells what happened since, in order", .source(page))
        func fromVersion() async throws {
            try await api.post("secrets", "{metadata: {name: before}}").succeeds(201)
            let start = try await version()
            let made = try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            let changed = try await api.patch("secrets/a", .merge, "{metadata: {labels: {l: x}}}").succeeds()
            try await api.delete("secrets/a").succeeds()
            let events = try await api.watch("secrets", query: [("resourceVersion", start)])
            #expect(events.map(\.description) == ["ADDED a", "MODIFIED a", "DELETED a"])
            #expect(events.first?.object == made.json)
            #expect(events.dropFirst().first?.object == changed.json)
        }

        @Test("Events carry whole objects, with kind and apiVersion", .source(page))
        func wholeObjects() async throws {
            let start = try await version()
            try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            let events = try await api.watch("secrets", query: [("resourceVersion", start)])
            #expect(events.first?.object["kind"]?.string == "Secret")
            #expect(events.first?.object["apiVersion"]?.string == "v1")
        }

        @Test(
            "DELETED carries the last state, at the version of the deletion",
            .source("apimachinery pkg/watch; storage/etcd3/watcher.go"))
        func deleted() async throws {
            let made = try await api.post("secrets", "{metadata: {name: a, labels: {l: x}}}").succeeds(201)
            try await api.delete("secrets/a").succeeds()
            let events = try await api.watch("secrets", query: [("resourceVersion", made.resourceVersion)])
            #expect(events.map(\.description) == ["DELETED a"])
            #expect(events.first?.object.at("metadata.labels.l")?.string == "x")
            let version = events.first?.object.at("metadata.resourceVersion")?.string ?? ""
            #expect(UInt64(version) ?? 0 > UInt64(made.resourceVersion) ?? .max)
        }

        @Test(
            "A watch from 0 or from nowhere begins with what there is", .source("\(page), Semantics for watch"),
            arguments: ["0", ""])
        func initialState(_ version: String) async throws {
            for name in ["a", "b"] { try await api.post("secrets", "{metadata: {name: \(name)}}").succeeds(201) }
            let events = try await api.watch("secrets", query: version.isEmpty ? [] : [("resourceVersion", version)])
            #expect(Set(events.map(\.description)) == ["ADDED a", "ADDED b"])
        }

        @Test("A name that is deleted and made again is two objects", .source(page))
        func recreated() async throws {
            let start = try await version()
            try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            try await api.delete("secrets/a").succeeds()
            try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            let events = try await api.watch("secrets", query: [("resourceVersion", start)])
            #expect(events.map(\.type) == ["ADDED", "DELETED", "ADDED"])
            #expect(events.first?.object.at("metadata.uid") != events.last?.object.at("metadata.uid"))
        }

        @Test("timeoutSeconds ends a watch", .source("API reference: timeoutSeconds"))
        func timeout() async throws {
            let start = try await version()
            #expect(try await api.watch("secrets", seconds: 1, query: [("resourceVersion", start)]).isEmpty)
        }

        @Test("A field selector watches one object", .source("kubernetes.io: Field Selectors"))
        func oneObject() async throws {
            let start = try await version()
            for name in ["a", "b"] { try await api.post("secrets", "{metadata: {name: \(name)}}").succeeds(201) }
            let events = try await api.watch(
                "secrets", query: [("resourceVersion", start), ("fieldSelector", "metadata.name=b")])
            #expect(events.map(\.description) == ["ADDED b"])
        }

        @Test(
            "An object that begins or ceases to match the selector is ADDED or DELETED",
            .source(
                "staging/src/k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go: convertToWatchEvent"))
        func transitions() async throws {
            let start = try await version()
            try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            for labels in ["{lit: high}", "{lit: high, other: x}", "{lit: null}", "{other: z}", "{lit: high}"] {
                try await api.patch("secrets/a", .merge, "{metadata: {labels: \(labels)}}").succeeds()
            }
            let events = try await api.watch(
                "secrets", query: [("resourceVersion", start), ("labelSelector", "lit=high")])
            #expect(events.map(\.type) == ["ADDED", "MODIFIED", "DELETED", "ADDED"])
            // The state before the change, at the version of the change.
            #expect(events.dropFirst(2).first?.object.at("metadata.labels.lit")?.string == "high")
        }

        @Test("A watch tells of its own namespace only", .source(page))
        func namespaces() async throws {
            let start = try await version()
            try await api.post("/api/v1/namespaces", "{metadata: {name: '{ns}-other'}}").succeeds(201)
            try api.cleanUp("/api/v1/namespaces/{ns}-other")
            try await api.post("/api/v1/namespaces/{ns}-other/secrets", "{metadata: {name: b}}").succeeds(201)
            try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            let events = try await api.watch("secrets", query: [("resourceVersion", start)])
            #expect(events.map(\.description) == ["ADDED a"])
        }

        @Test("A watch of all namespaces tells of each", .source(page))
        func everywhere() async throws {
            let start = try await version()
            try await api.post("secrets", "{metadata: {name: a, labels: {run: '{suffix}'}}}").succeeds(201)
            let events = try await api.watch(
                "/api/v1/secrets", query: [("resourceVersion", start), ("labelSelector", "run={suffix}")])
            #expect(events.map(\.description) == ["ADDED a"])
        }

        @Test("Custom objects can be watched", .source("kubernetes.io: Custom Resources"))
        func custom() async throws {
            let start = try await api.get("widgets").succeeds().resourceVersion
            try await api.post("widgets", "{metadata: {name: a}}").succeeds(201)
            try await api.put(
                "widgets/a/status",
                "{metadata: {name: a, resourceVersion: '\(try await api.get("widgets/a").resourceVersion)'}, status: {phase: Up}}"
            ).succeeds()
            let events = try await api.watch("widgets", query: [("resourceVersion", start)])
            #expect(events.map(\.description) == ["ADDED a", "MODIFIED a"])
            #expect(events.last?.object.at("status.phase")?.string == "Up")
        }

        @Test(
            "A bookmark comes before a watch with a timeout ends",
            .source(
                "KEP-956; staging/src/k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go: nextBookmarkTime"))
        func bookmark() async throws {
            let made = try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            let events = try await api.watch(
                "secrets", seconds: 5,
                query: [("resourceVersion", made.resourceVersion), ("allowWatchBookmarks", "true")])
            let mark = try #require(events.last)
            #expect(mark.type == "BOOKMARK")
            #expect(mark.object["kind"]?.string == "Secret")
            #expect(
                UInt64(mark.object.at("metadata.resourceVersion")?.string ?? "") ?? 0 >= UInt64(made.resourceVersion)
                    ?? .max)
            #expect(mark.name == "")
        }

        @Test("Nobody gets bookmarks who did not ask", .source("KEP-956"))
        func noBookmark() async throws {
            let made = try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            let events = try await api.watch("secrets", seconds: 5, query: [("resourceVersion", made.resourceVersion)])
            #expect(events.isEmpty)
        }

        @Test("sendInitialEvents tells what there is, then marks its end", .source(streaming))
        func sendInitialEvents() async throws {
            for name in ["a", "b"] { try await api.post("secrets", "{metadata: {name: \(name)}}").succeeds(201) }
            let events = try await api.watch(
                "secrets", seconds: 2,
                query: [
                    ("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan"),
                    ("allowWatchBookmarks", "true"),
                ])
            #expect(events.prefix(3).map(\.type) == ["ADDED", "ADDED", "BOOKMARK"])
            #expect(Set(events.prefix(2).map(\.name)) == ["a", "b"])
            let mark = try #require(events.dropFirst(2).first).object
            #expect(mark.at("metadata.annotations")?["k8s.io/initial-events-end"]?.string == "true")
            #expect(UInt64(mark.at("metadata.resourceVersion")?.string ?? "") != nil)
        }

        @Test("sendInitialEvents of nothing marks its end at once", .source(streaming))
        func sendNoInitialEvents() async throws {
            let events = try await api.watch(
                "secrets", seconds: 2,
                query: [
                    ("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan"),
                    ("allowWatchBookmarks", "true"),
                ])
            let mark = try #require(events.first)
            #expect(mark.type == "BOOKMARK")
            #expect(mark.object.at("metadata.annotations")?["k8s.io/initial-events-end"]?.string == "true")
        }

        @Test(
            "A watch from a version that is too old gets an ERROR event with 410 Expired",
            .source(
                "\(page), 410 Gone responses; staging/src/k8s.io/apiserver/pkg/storage/cacher/watch_cache.go"))
        func expired() async throws {
            try await api.post("widgets", "{metadata: {name: a}}").succeeds(201)
            let events = try await api.watch("widgets", query: [("resourceVersion", "1")])
            let event = try #require(events.first)
            #expect(event.type == "ERROR")
            #expect(event.object["kind"]?.string == "Status")
            #expect(event.object["code"]?.int == 410)
            #expect(event.object["reason"]?.string == "Expired")
            #expect(event.object["message"]?.string?.hasPrefix("too old resource version: 1 (") == true)
        }

        @Test(
            "Events of a watch for tables hold tables of one row",
            .source("KEP-2334; kubernetes.io: Receiving resources as Tables"))
        func tables() async throws {
            let start = try await version()
            try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            let events = try await api.watch(
                "secrets", query: [("resourceVersion", start)], accept: "application/json;as=Table;v=v1;g=meta.k8s.io")
            #expect(events.first?.type == "ADDED")
            #expect(events.first?.object["kind"]?.string == "Table")
            #expect(events.first?.object.at("rows.0.cells.0")?.string == "a")
        }

        @Test("Events of a watch for metadata hold metadata only", .source("kubernetes.io: Metadata-only fetches"))
        func metadataOnly() async throws {
            let start = try await version()
            try await api.post("secrets", "{metadata: {name: a, labels: {l: x}}, data: {k: eA==}}").succeeds(201)
            let events = try await api.watch(
                "secrets", query: [("resourceVersion", start)],
                accept: "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io")
            #expect(events.first?.object["kind"]?.string == "PartialObjectMetadata")
            #expect(events.first?.object.at("metadata.labels.l")?.string == "x")
            #expect(events.first?.object["data"] == nil)
        }

        @Test("The old paths of watches still work", .source("API reference: /api/v1/watch"))
        func oldPath() async throws {
            try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            let answer = try await api.get("/api/v1/watch/namespaces/{ns}/secrets", query: [("timeoutSeconds", "1")])
                .succeeds()
            let events = try answer.text.split(separator: "\n").map { try WatchedEvent(JSONValue(parsing: String($0))) }
            #expect(events.map(\.description) == ["ADDED a"])
        }
    }
}
