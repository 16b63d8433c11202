import Foundation
import HTTPTransport
import JSON
import KubernetesModel
import TestSupport
import Testing

@testable import LocalAPIServer

@Suite("A server that keeps its state")
struct PersistenceTests {
    private let folder: TemporaryFolder
    private let maps = "/api/v1/namespaces/default/configmaps"

    init() throws { folder = try TemporaryFolder() }

    /// One run of the server.
    private func run(_ body: @escaping @Sendable (RunningAPIServer) async throws -> Void) async throws {
        let file = try await ClusterFile(folder: folder.path)
        let result: Result<Void, any Error>
        do { result = .success(try await RunningAPIServer.with(file: file, body)) } catch { result = .failure(error) }
        await file.close()
        try result.get()
    }

    @Test("objects, UIDs, definitions, addresses, the port and the authority outlive a restart")
    func restart() async throws {
        let before = folder.path + "/before"
        try await run { server in
            try await server.expect(
                "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", Sample.widgets)
            try await server.eventually("/apis/example.com/v1/namespaces/default/widgets") { $0.status == 200 }
            try await server.expect(
                "POST", "/apis/example.com/v1/namespaces/default/widgets", Sample.widget("w", size: 3))
            try await server.expect("POST", maps, Sample.configMap("gone"))
            try await server.expect("DELETE", maps + "/gone")
            try await server.expect("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", Self.role)
            try await server.expect(
                "POST", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", Self.webhook)
            try await server.expect("POST", "/api/v1/namespaces/default/services", Self.service("first"))
            let state = try await Self.state(of: server)
            try state.write(toFile: before, atomically: true, encoding: .utf8)
        }
        try await run { server in
            #expect(try await Self.state(of: server) == String(contentsOfFile: before, encoding: .utf8))
            #expect(try await server.call("GET", maps + "/gone").status == 404)
            try await server.expect(
                "POST", "/apis/example.com/v1/namespaces/default/widgets", Sample.widget("later", size: 4))
            let refused = try await server.call("POST", maps, Sample.configMap("refused"))
            #expect(refused.status == 500, "the webhook is asked, and nobody is there: \(refused.json.text)")
            let second = try await server.expect("POST", "/api/v1/namespaces/default/services", Self.service("second"))
            let first = try await server.expect("GET", "/api/v1/namespaces/default/services/first")
            #expect(second[path: "spec", "clusterIP"]?.string != first[path: "spec", "clusterIP"]?.string)
            #expect(
                second[path: "spec", "ports"]?[0]?["nodePort"]?.int
                    != first[path: "spec", "ports"]?[0]?["nodePort"]?.int)
        }
    }

    // What clients could hold on to: objects with their versions, the address and the authority.
    private static func state(of server: RunningAPIServer) async throws -> String {
        var lines = [server.address, try String(contentsOfFile: server.directory + "/ca.crt", encoding: .utf8)]
        for path in [
            "/apis/example.com/v1/namespaces/default/widgets/w", "/api/v1/namespaces/default/services/first",
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/reader", "/api/v1/namespaces/default",
            "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/hooks",
        ] { lines.append(try await server.expect("GET", path).text) }
        return lines.joined(separator: "\n")
    }

    private static let role: JSONValue = [
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": ["name": "reader"],
        "rules": [["apiGroups": [""], "resources": ["pods"], "verbs": ["get"]]],
    ]
    private static let webhook: JSONValue = [
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": ["name": "hooks"],
        "webhooks": [
            [
                "name": "hook.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None",
                "timeoutSeconds": 1,
                "clientConfig": ["url": "https://127.0.0.1:9/"],
                "matchConditions": [["name": "refused", "expression": "object.metadata.name == 'refused'"]],
                "rules": [
                    [
                        "apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"], "operations": ["CREATE"],
                    ]
                ],
            ]
        ],
    ]

    private static func service(_ name: String) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "Service", "metadata": ["name": JSONValue(name)],
            "spec": ["type": "NodePort", "ports": [["port": 80]]],
        ]
    }

    @Test("a token of a service account is good after a restart")
    func tokens() async throws {
        let kept = folder.path + "/token"
        let account = "/api/v1/namespaces/default/serviceaccounts/default"
        try await run { server in
            try await server.eventually(account) { $0.status == 200 }
            let request: JSONValue = ["apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": [:]]
            let token = try await server.expect("POST", account + "/token", request)[path: "status", "token"]?.string
            try (token ?? "").write(toFile: kept, atomically: true, encoding: .utf8)
        }
        try await run { server in
            let token = try String(contentsOfFile: kept, encoding: .utf8)
            let stranger = try server.stranger()
            defer { stranger.close() }
            let answer = try await stranger.send(
                HTTPRequest(url: server.address + maps, headers: [("Authorization", "Bearer \(token)")]))
            #expect(answer.status == 403, "known, and without rights")
        }
    }

    // As etcd after a compaction: its history does not outlive the apiserver's watch cache here.
    @Test("a watch from before the restart has expired, one from the newest version goes on, and versions only grow")
    func versions() async throws {
        let kept = folder.path + "/version"
        try await run { server in
            try await server.eventually(maps + "/kube-root-ca.crt") { $0.status == 200 }
            let made = try await server.expect("POST", maps, Sample.configMap("a"))
            try (made[path: "metadata", "resourceVersion"]?.string ?? "").write(
                toFile: kept, atomically: true, encoding: .utf8)
            try await server.expect("DELETE", maps + "/a")
        }
        try await run { server in
            let old = try String(contentsOfFile: kept, encoding: .utf8)
            try await server.watch(maps + "?watch=1&resourceVersion=\(old)") { line in
                #expect(line["type"]?.string == "ERROR")
                #expect(line[path: "object", "code"]?.int == 410)
                return false
            }
            let now = try await server.expect("GET", maps)[path: "metadata", "resourceVersion"]?.string ?? ""
            // More than one above: the deletion has had a version as well.
            #expect((Int(now) ?? 0) > (Int(old) ?? 0))
            try await server.expect("POST", maps, Sample.configMap("b"))
            try await server.watch(maps + "?watch=1&resourceVersion=\(now)") { line in
                #expect(line["type"]?.string == "ADDED")
                return false
            }
        }
    }

    @Test("a file that is none of ours is refused with what to do, and stays as it is")
    func foreign() async throws {
        try folder.write("cluster.db", String(repeating: "no database, but the thesis of somebody\n", count: 100))
        let before = try folder.read("cluster.db")
        let problem = try await #require(throws: ClusterFile.Problem.self) {
            _ = try await ClusterFile(folder: folder.path)
        }
        #expect(problem.description.contains(folder.path + "/cluster.db"))
        #expect(problem.description.hasSuffix("move it away to begin with an empty cluster"))
        #expect(try folder.read("cluster.db") == before)
    }

    @Test("two servers do not share a file, and the services' block cannot change")
    func conflicts() async throws {
        let file = try await ClusterFile(folder: folder.path)
        await #expect(throws: ClusterFile.Problem.self) { _ = try await ClusterFile(folder: folder.path) }
        let block = try #require(IPv4Block("127.96.0.0/16"))
        let facts = try await ClusterFacts(keptIn: file, services: block)
        #expect(try await ClusterFacts(keptIn: file, services: block).tokenKey == facts.tokenKey)
        let other = try #require(IPv4Block("127.97.0.0/16"))
        await #expect(throws: LocalAPIServer.ConfigurationError.self) {
            _ = try await ClusterFacts(keptIn: file, services: other)
        }
        await file.close()
    }

    @Test("many writers at once are saved in order, and nothing is told before it is saved")
    func groupCommit() async throws {
        let file = try await ClusterFile(folder: folder.path)
        let store = try await Store(file: file)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let key = ObjectKey(namespace: "default", name: "m\(number)")
                    let made = try store.create(.configMaps, key, Sample.configMap("m\(number)"))
                    if number.isMultiple(of: 2) { _ = try store.remove(.configMaps, key, expected: made.revision) }
                    try await store.settle()
                    #expect(try await file.load().revision >= made.revision)
                }
            }
            try await group.waitForAll()
        }
        let loaded = try await file.load()
        #expect(loaded.revision == store.revision)
        #expect(loaded.objects.count == 100)
        await file.close()
    }
}
