import JSON
import KubernetesModel
import Testing

@testable import LocalAPIServer

@Suite("Requests")
struct RequestTests {
    @Test(
        "paths name what they name in the real server",
        arguments: [
            ("/api", .coreVersions), ("/apis/", .groups), ("/apis/apps", .group("apps")),
            ("/apis/apps/v1", .groupVersion(group: "apps", version: "v1")),
            ("/api/v1", .groupVersion(group: "", version: "v1")), ("/healthz/", .other("/healthz")),
            ("/api/v1/nodes", .resource(ResourcePath(group: "", version: "v1", plural: "nodes"))),
            (
                "/api/v1/namespaces/a",
                .resource(ResourcePath(group: "", version: "v1", plural: "namespaces", name: "a"))
            ),
            (
                "/api/v1/namespaces/a/status",
                .resource(
                    ResourcePath(group: "", version: "v1", plural: "namespaces", name: "a", subresource: "status"))
            ),
            (
                "/api/v1/namespaces/a/pods/b/log",
                .resource(
                    ResourcePath(
                        group: "", version: "v1", namespace: "a", plural: "pods", name: "b", subresource: "log"))
            ),
            (
                "/apis/example.com/v1/namespaces/a/things/x%2Fy",
                .resource(
                    ResourcePath(group: "example.com", version: "v1", namespace: "a", plural: "things", name: "x/y"))
            ),
        ] as [(String, RequestPath)])
    func paths(text: String, expected: RequestPath) {
        #expect(RequestPath(text) == expected)
    }

    /// Source: pkg/apis/core/validation ValidatePodLogOptions.
    @Test(
        "options of a log have bounds",
        arguments: [("tailLines", "-1"), ("limitBytes", "0"), ("sinceSeconds", "0"), ("sinceSeconds", "\(Int.min)")])
    func logOptions(name: String, value: String) {
        let error = #expect(throws: StatusBody.self) {
            try PodLogOptions(QueryParameters([(name, value)]), now: Timestamp(seconds: 1))
        }
        #expect(error?.code == 422)
    }

    @Test(
        "the first writable range of an Accept header wins",
        arguments: [
            (nil, .object), ("*/*", .object), ("application/json", .object),
            ("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", .table),
            ("application/json;as=Table;v=v1beta1;g=meta.k8s.io, application/json", .object),
            ("application/vnd.kubernetes.protobuf,application/json", .object),
            ("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", .partialMetadata),
            (
                "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
                .aggregatedDiscovery
            ),
        ] as [(String?, ResponseForm)])
    func accept(header: String?, expected: ResponseForm) throws {
        #expect(try ResponseForm.negotiate(accept: header) == expected)
    }

    @Test("an Accept header with none of our formats is 406")
    func notAcceptable() {
        let error = #expect(throws: StatusBody.self) {
            try ResponseForm.negotiate(accept: "application/vnd.kubernetes.protobuf")
        }
        #expect(error?.code == 406)
    }

    @Test(
        "ages read as kubectl writes them",
        arguments: [
            (0, "0s"), (119, "119s"), (120, "2m"), (150, "2m30s"), (600, "10m"), (10800, "3h"), (11100, "3h5m"),
            (172800, "2d"), (176400, "2d1h"), (86400 * 8, "8d"), (86400 * 365 * 2, "2y"), (-1, "0s"), (-5, "<invalid>"),
        ] as [(Int64, String)])
    func ages(seconds: Int64, expected: String) {
        #expect(shortDuration(seconds: seconds) == expected)
    }

    @Test(
        "pods show the status that matters",
        arguments: [
            (#"{"status":{"phase":"Pending"},"spec":{"containers":[{}]}}"#, "0/1", "Pending"),
            (
                #"{"status":{"phase":"Running","containerStatuses":[{"ready":true,"state":{"running":{}}}]},"spec":{"containers":[{}]}}"#,
                "1/1", "Running"
            ),
            (
                #"{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"phase":"Running"},"spec":{"containers":[{}]}}"#,
                "0/1", "Terminating"
            ),
            (
                #"{"status":{"phase":"Succeeded","containerStatuses":[{"state":{"terminated":{"reason":"Completed","exitCode":0}}}]},"spec":{"containers":[{}]}}"#,
                "0/1", "Completed"
            ),
            (
                #"{"status":{"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":3}}}]},"spec":{"containers":[{}]}}"#,
                "0/1", "ExitCode:3"
            ),
            (
                #"{"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"running":{}}}]},"spec":{"initContainers":[{"name":"i"},{"name":"j"}],"containers":[{}]}}"#,
                "0/1", "Init:0/2"
            ),
            (
                #"{"status":{"phase":"Running","containerStatuses":[{"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]},"spec":{"containers":[{}]}}"#,
                "0/1", "CrashLoopBackOff"
            ),
        ])
    func podStatus(pod: String, ready: String, status: String) throws {
        let summary = PodSummary(try JSONDocument(parsing: pod).root, now: Timestamp(seconds: 0))
        #expect("\(summary.ready)/\(summary.total)" == ready)
        #expect(summary.reason == status)
    }

    @Test("versions sort as Kubernetes sorts them")
    func versions() {
        let texts = ["v1", "v2beta1", "foo", "v10", "v1alpha1", "v2", "v1beta2"]
        #expect(
            texts.sorted { versionPriority($0) > versionPriority($1) }
                == ["v10", "v2", "v1", "v2beta1", "v1beta2", "v1alpha1", "foo"])
    }

    @Test("a protobuf body becomes the same object as its JSON")
    func protobuf() throws {
        let metadata = field(1, text("a")) + field(11, field(1, text("k")) + field(2, text("v")))
        let secret =
            field(1, metadata) + field(2, field(1, text("x")) + field(2, text("hello"))) + field(3, text("Opaque"))
        let unknown = field(1, field(1, text("v1")) + field(2, text("Secret"))) + field(2, secret)
        let object = try WireDecoder.object(Array("k8s\0".utf8) + unknown)
        #expect(
            object == [
                "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "a", "labels": ["k": "v"]],
                "data": ["x": "aGVsbG8="], "type": "Opaque",
            ])
        for end in 0..<unknown.count {
            _ = try? WireDecoder.object(Array("k8s\0".utf8) + unknown.prefix(end))
        }
        #expect(throws: WireDecoder.Problem.self) { try WireDecoder.object([1, 2, 3]) }
    }

    @Test("a protobuf time that RFC 3339 cannot write is refused", arguments: [[0x08], [0x08, 0x00, 0x10]])
    func protobufTimes(prefix: [UInt8]) {
        let least: [UInt8] = Array(repeating: 0x80, count: 9) + [0x01]
        let metadata = field(8, prefix + least)
        let unknown = field(1, field(1, text("v1")) + field(2, text("Secret"))) + field(2, field(1, metadata))
        #expect(throws: WireDecoder.Problem.self) { try WireDecoder.object(Array("k8s\0".utf8) + unknown) }
    }

    private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count)] + bytes
    }

    @Test("addresses of a block are those between its first and its last")
    func addressBlocks() throws {
        let block = try #require(IPv4Block("10.0.0.77/30"))
        #expect(block.hosts.map { IPv4Block.text($0) } == ["10.0.0.77", "10.0.0.78"])
        for text in ["", "10.0.0.0", "10.0.0.0/31", "10.0.0/24", "a/24"] { #expect(IPv4Block(text) == nil, "\(text)") }
    }

    @Test("events are the same object in both of their groups")
    func events() async throws {
        try await RunningAPIServer.with { server in
            let given: JSONValue = [
                "metadata": ["name": "e"], "regarding": ["kind": "Pod", "name": "p", "namespace": "default"],
                "note": "hello",
                "reason": "Tested", "type": "Normal", "eventTime": "2026-01-01T00:00:00.000000Z", "action": "Test",
                "reportingController": "tests", "reportingInstance": "one",
            ]
            try await server.expect("POST", "/apis/events.k8s.io/v1/namespaces/default/events", given)
            let core = try await server.expect(
                "GET", "/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dp")
            #expect(core["items"]?[0]?["message"]?.string == "hello")
            #expect(core["apiVersion"]?.string == "v1")
            let again = try await server.expect("GET", "/apis/events.k8s.io/v1/namespaces/default/events/e")
            #expect(again["note"]?.string == "hello")
        }
    }
}
