import JSON
import Testing

private let labels = "kubernetes.io: Labels and Selectors"
private let concepts = "kubernetes.io: Kubernetes API Concepts"
private let listOptions = "apimachinery pkg/apis/meta/internalversion/validation/validation.go"

/// A selector and what it finds of `a` (app=web, tier=front), `b` (app=web), `c` (app=db, tier=back), `d` (none).
struct SelectorCase: Sendable, CustomTestStringConvertible {
    var selector: String
    var found: [String]
    var testDescription: String { "\(selector) finds \(found.joined(separator: " "))" }
}

extension Conformance {
    @Suite("Selectors") struct SelectorTests {
        static let selectors: [SelectorCase] = [
            .init(selector: "app=web", found: ["a", "b"]),
            .init(selector: "app==web", found: ["a", "b"]),
            .init(selector: "app!=web", found: ["c", "d"]),
            .init(selector: "app=web,tier=front", found: ["a"]),
            .init(selector: "app in (web, db)", found: ["a", "b", "c"]),
            .init(selector: "app notin (web)", found: ["c", "d"]),
            .init(selector: "tier", found: ["a", "c"]),
            .init(selector: "!tier", found: ["b", "d"]),
            .init(selector: "app in (web),tier notin (front),!tier", found: ["b"]),
            .init(selector: "tier=", found: []),
            .init(selector: "app=nothing", found: []),
        ]

        @Test("Label selectors", .source(labels), arguments: selectors)
        func labelSelector(_ row: SelectorCase) async throws {
            for (name, labels) in [
                ("a", "{app: web, tier: front}"), ("b", "{app: web}"), ("c", "{app: db, tier: back}"), ("d", "{}"),
            ] {
                try await api.post("secrets", "{metadata: {name: \(name), labels: \(labels)}}").succeeds(201)
            }
            #expect(try await api.get("secrets", query: [("labelSelector", row.selector)]).names == row.found)
        }

        @Test(
            "A label selector that is none answers 400", .source(labels),
            arguments: [
                "app in web", "=x", "app=(", "app in ()x", "a b",
            ])
        func malformed(_ selector: String) async throws {
            try await api.get("secrets", query: [("labelSelector", selector)]).fails(400, "BadRequest")
        }

        @Test("Every kind can be selected by name and namespace", .source("kubernetes.io: Field Selectors"))
        func fieldSelector() async throws {
            for name in ["a", "b"] { try await api.post("secrets", "{metadata: {name: \(name)}}").succeeds(201) }
            #expect(try await api.get("secrets", query: [("fieldSelector", "metadata.name=b")]).names == ["b"])
            #expect(try await api.get("secrets", query: [("fieldSelector", "metadata.name!=b")]).names == ["a"])
            #expect(
                try await api.get("secrets", query: [("fieldSelector", "metadata.namespace={ns}")]).names == ["a", "b"])
            #expect(
                try await api.get("secrets", query: [("fieldSelector", "metadata.name=a,metadata.namespace=x")]).names
                    == [])
        }

        @Test("A field that a kind cannot be selected by answers 400", .source("kubernetes.io: Field Selectors"))
        func unsupportedField() async throws {
            try await api.get("secrets", query: [("fieldSelector", "data.k=v")])
                .fails(400, "BadRequest")
        }

        @Test("Pods can be selected by phase and node", .source("kubernetes.io: Field Selectors"))
        func podFields() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.plain("a")).succeeds(201)
            #expect(try await api.get("pods", query: [("fieldSelector", "status.phase=Pending")]).names == ["a"])
            #expect(try await api.get("pods", query: [("fieldSelector", "status.phase!=Pending")]).names == [])
            #expect(try await api.get("pods", query: [("fieldSelector", "spec.nodeName=")]).names == ["a"])
            #expect(
                try await api.get("pods", query: [("fieldSelector", "spec.restartPolicy=Always,spec.nodeName!=x")])
                    .names == ["a"])
        }

        @Test("Secrets can be selected by type", .source("kubernetes.io: Field Selectors"))
        func secretType() async throws {
            try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            try await api.post("secrets", "{metadata: {name: b}, type: example.com/t}").succeeds(201)
            #expect(try await api.get("secrets", query: [("fieldSelector", "type=example.com/t")]).names == ["b"])
        }

        @Test("Custom objects can be selected by the fields that their definition names", .source("KEP-4358"))
        func selectableFields() async throws {
            try await api.post("widgets", "{metadata: {name: a}, spec: {color: red}}").succeeds(201)
            try await api.post("widgets", "{metadata: {name: b}, spec: {color: blue}}").succeeds(201)
            #expect(try await api.get("widgets", query: [("fieldSelector", "spec.color=blue")]).names == ["b"])
            try await api.get("widgets", query: [("fieldSelector", "spec.size=x")]).fails(400, "BadRequest")
        }
    }

    @Suite("Chunked lists") struct ChunkTests {
        private func makeFive() async throws {
            for name in ["a", "b", "c", "d", "e"] {
                try await api.post("secrets", "{metadata: {name: \(name), labels: {all: 'yes'}}}").succeeds(201)
            }
        }

        @Test("A limit ends a list early and gives the rest by its continue token", .source("KEP-365; \(concepts)"))
        func pages() async throws {
            try await makeFive()
            let first = try await api.get("secrets", query: [("limit", "2")]).succeeds()
            #expect(first.names == ["a", "b"])
            #expect(first["metadata.remainingItemCount"]?.int == 3)
            var token = try #require(first["metadata.continue"]?.string)
            let second = try await api.get("secrets", query: [("limit", "2"), ("continue", token)]).succeeds()
            #expect(second.names == ["c", "d"])
            #expect(second["metadata.remainingItemCount"]?.int == 1)
            token = try #require(second["metadata.continue"]?.string)
            let third = try await api.get("secrets", query: [("limit", "2"), ("continue", token)]).succeeds()
            #expect(third.names == ["e"])
            #expect(third["metadata.continue"] == nil)
            #expect(third["metadata.remainingItemCount"] == nil)
        }

        @Test("All pages show the collection as it was at the first", .source("KEP-365; \(concepts)"))
        func consistent() async throws {
            try await makeFive()
            let first = try await api.get("secrets", query: [("limit", "2")]).succeeds()
            let token = try #require(first["metadata.continue"]?.string)
            try await api.delete("secrets/d").succeeds()
            try await api.post("secrets", "{metadata: {name: cc}}").succeeds(201)
            let rest = try await api.get("secrets", query: [("continue", token)]).succeeds()
            #expect(rest.names == ["c", "d", "e"])
            #expect(rest.resourceVersion == first.resourceVersion)
        }

        @Test("With a selector the number of the rest is not said", .source("apimachinery ListMeta.RemainingItemCount"))
        func noCountWithSelector() async throws {
            try await makeFive()
            let list = try await api.get("secrets", query: [("limit", "2"), ("labelSelector", "all=yes")]).succeeds()
            #expect(list.names == ["a", "b"])
            #expect(list["metadata.continue"]?.string?.isEmpty == false)
            #expect(list["metadata.remainingItemCount"] == nil)
        }

        @Test("A limit that holds everything gives no continue token", .source(concepts))
        func wholeList() async throws {
            try await makeFive()
            let list = try await api.get("secrets", query: [("limit", "5")]).succeeds()
            #expect(list.names.count == 5)
            #expect(list["metadata.continue"] == nil)
        }

        @Test(
            "A continue token that is none answers 400",
            .source(
                "staging/src/k8s.io/apiserver/pkg/storage/continue.go"))
        func malformedToken() async throws {
            try await api.get("secrets", query: [("limit", "2"), ("continue", "nonsense")]).fails(400, "BadRequest")
        }

        @Test(
            "A continue token cannot go with a resourceVersion",
            .source(
                "staging/src/k8s.io/apiserver/pkg/storage/interfaces.go"))
        func tokenAndVersion() async throws {
            try await makeFive()
            let first = try await api.get("secrets", query: [("limit", "2")]).succeeds()
            let token = try #require(first["metadata.continue"]?.string)
            try await api.get("secrets", query: [("continue", token), ("resourceVersion", first.resourceVersion)])
                .fails(400, "BadRequest", "specifying resource version is not allowed when using continue")
        }
    }

    @Suite("Versions of lists") struct ListVersionTests {
        @Test("Exact shows the collection as it was at a version", .source("\(concepts), Resource versions"))
        func exact() async throws {
            try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            let then = try await api.get("secrets").succeeds()
            try await api.post("secrets", "{metadata: {name: b}}").succeeds(201)
            try await api.delete("secrets/a").succeeds()
            let list = try await api.get(
                "secrets", query: [("resourceVersion", then.resourceVersion), ("resourceVersionMatch", "Exact")]
            ).succeeds()
            #expect(list.names == ["a"])
            #expect(list.resourceVersion == then.resourceVersion)
        }

        @Test("NotOlderThan shows the collection at the version or later", .source("\(concepts), Resource versions"))
        func notOlderThan() async throws {
            let made = try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            let list = try await api.get(
                "secrets", query: [("resourceVersion", made.resourceVersion), ("resourceVersionMatch", "NotOlderThan")]
            ).succeeds()
            #expect(list.names == ["a"])
            let version = try #require(UInt64(list.resourceVersion))
            #expect(version >= UInt64(made.resourceVersion) ?? .max)
        }

        @Test("Version 0 shows any state", .source("\(concepts), Resource versions"))
        func any() async throws {
            try await api.get("secrets", query: [("resourceVersion", "0")]).succeeds()
        }

        @Test(
            "A version of the future answers 504 Timeout that says so",
            .source("\(concepts), Unavailable resource versions"))
        func future() async throws {
            let list = try await api.get("secrets").succeeds()
            let version = try #require(UInt64(list.resourceVersion)) + 1_000_000_000
            let answer = try await api.get(
                "secrets", query: [("resourceVersion", "\(version)"), ("resourceVersionMatch", "NotOlderThan")])
            answer.fails(504, "Timeout", "Too large resource version", causes: [" ResourceVersionTooLarge"])
        }

        @Test(
            "Options of lists that exclude each other answer 422", .source(listOptions),
            arguments: [
                (
                    "resourceVersionMatch without resourceVersion", "resourceVersionMatch=Exact",
                    "resourceVersionMatch FieldValueForbidden"
                ),
                (
                    "Exact at version 0", "resourceVersionMatch=Exact&resourceVersion=0",
                    "resourceVersionMatch FieldValueForbidden"
                ),
                (
                    "an unknown match", "resourceVersionMatch=Perhaps&resourceVersion=1",
                    "resourceVersionMatch FieldValueNotSupported"
                ),
                ("sendInitialEvents without watch", "sendInitialEvents=true", "sendInitialEvents FieldValueForbidden"),
                (
                    "a match in a watch without sendInitialEvents",
                    "watch=true&resourceVersion=1&resourceVersionMatch=NotOlderThan",
                    "resourceVersionMatch FieldValueForbidden"
                ),
                (
                    "sendInitialEvents without a match", "watch=true&sendInitialEvents=true",
                    "resourceVersionMatch FieldValueForbidden"
                ),
            ])
        func forbidden(_ name: String, _ query: String, _ cause: String) async throws {
            let pairs = query.split(separator: "&").map { $0.split(separator: "=") }
            try await api.get("secrets", query: pairs.map { (String($0[0]), String($0[1])) })
                .fails(422, "Invalid", causes: [cause])
        }
    }
}
