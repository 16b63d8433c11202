import HTTPTransport
import JSON
import KubernetesClient
import KubernetesModel
import TestSupport
import Testing

@Suite("requests to the API server") struct KubernetesClientTests {
    private let key = ObjectKey(namespace: "ml", name: "p")

    struct Call: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var method: String
        var target: String
        var contentType: String?
        var body: String?
        var make: @Sendable (KubernetesClient, ObjectKey) async throws -> Void
    }

    static let calls: [Call] = [
        Call(testDescription: "get", method: "GET", target: "/api/v1/namespaces/ml/pods/p") {
            _ = try await $0.get(.pods, $1)
        },
        Call(testDescription: "get status", method: "GET", target: "/api/v1/namespaces/ml/pods/p/status") {
            _ = try await $0.get(.pods, $1, subresource: "status")
        },
        Call(
            testDescription: "list with selectors", method: "GET",
            target: "/api/v1/pods?labelSelector=a%3Db%2Cc%20in%20%28d%29&fieldSelector=spec.nodeName%3Dn&limit=2"
        ) { client, _ in
            var options = ListOptions(labelSelector: "a=b,c in (d)", fieldSelector: "spec.nodeName=n")
            options.limit = 2
            _ = try await client.list(.pods, options: options)
        },
        Call(
            testDescription: "create", method: "POST",
            target: "/api/v1/namespaces/ml/pods?fieldManager=me&fieldValidation=Strict&dryRun=All",
            contentType: "application/json", body: #"{"a":1}"#
        ) { client, _ in
            let options = WriteOptions(fieldManager: "me", isDryRun: true, fieldValidation: "Strict")
            _ = try await client.create(.pods, namespace: "ml", ["a": 1], options: options)
        },
        Call(
            testDescription: "replace status", method: "PUT",
            target: "/apis/training.kubedl.io/v1alpha1/namespaces/ml/pytorchjobs/p/status",
            contentType: "application/json", body: "{}"
        ) {
            _ = try await $0.replace(.pyTorchJobs, $1, [:], subresource: "status")
        },
        Call(
            testDescription: "JSON patch", method: "PATCH", target: "/api/v1/namespaces/ml/pods/p",
            contentType: "application/json-patch+json", body: #"[{"op":"remove","path":"/a"}]"#
        ) {
            let patch = try JSONPatch(JSONDocument(parsing: #"[{"op":"remove","path":"/a"}]"#).root)
            _ = try await $0.patch(.pods, $1, .json(patch))
        },
        Call(
            testDescription: "merge patch", method: "PATCH", target: "/api/v1/namespaces/ml/pods/p/status",
            contentType: "application/merge-patch+json", body: #"{"a":null}"#
        ) {
            _ = try await $0.patch(.pods, $1, .merge(["a": nil]), subresource: "status")
        },
        Call(
            testDescription: "strategic patch", method: "PATCH", target: "/api/v1/namespaces/ml/pods/p",
            contentType: "application/strategic-merge-patch+json", body: "{}"
        ) {
            _ = try await $0.patch(.pods, $1, .strategic([:]))
        },
        Call(
            testDescription: "apply", method: "PATCH",
            target: "/api/v1/namespaces/ml/pods/p?force=true&fieldManager=me",
            contentType: "application/apply-patch+yaml", body: #"{"b":2}"#
        ) {
            _ = try await $0.patch(.pods, $1, .apply(["b": 2], fieldManager: "me", force: true))
        },
        Call(
            testDescription: "delete", method: "DELETE", target: "/api/v1/namespaces/ml/pods/p",
            contentType: "application/json",
            body: #"{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"u","resourceVersion":"7"},"#
                + #""propagationPolicy":"Foreground","gracePeriodSeconds":0}"#
        ) {
            let options = DeleteOptions(
                uid: "u", resourceVersion: "7", propagation: .foreground, gracePeriodSeconds: 0)
            _ = try await $0.delete(.pods, $1, options: options)
        },
        Call(
            testDescription: "bind", method: "POST", target: "/api/v1/namespaces/ml/pods/p/binding",
            contentType: "application/json", body: #"{"target":"n"}"#
        ) {
            _ = try await $0.createSubresource(.pods, $1, "binding", ["target": "n"])
        },
        Call(testDescription: "raw", method: "GET", target: "/version?a=b%26c") { client, _ in
            _ = try await client.raw("GET", "/version", query: [("a", "b&c")])
        },
    ]

    @Test("each verb sends its method, path, query and body", arguments: calls)
    func verbs(call: Call) async throws {
        let server = try ScriptedServer { _, connection in connection.respond(200, "{}") }
        let client = TestCluster.client(server, credentials: .token("t"))
        try await call.make(client, key)
        let request = try #require(server.requests.first)
        #expect(request.method == call.method)
        #expect(request.target == call.target)
        #expect(request.headers["content-type"] == call.contentType)
        #expect(request.text == call.body ?? "")
        #expect(request.headers["authorization"] == "Bearer t")
        #expect(request.headers["user-agent"] == "test/1")
        #expect(request.headers["accept"] == "application/json")
    }

    struct Failure: Sendable {
        var http: Int
        var status: StatusBody?
        var header: String?
        var retry: RetryClass
    }

    @Test(
        "an error carries the server's Status and says whether to try again",
        arguments: [
            Failure(http: 404, status: .notFound(.pods, "p"), retry: .never),
            Failure(http: 409, status: .alreadyExists(.pods, "p"), retry: .never),
            Failure(http: 409, status: .conflict(.pods, "p"), retry: .conflict),
            Failure(http: 410, status: .expired("old"), retry: .never),
            Failure(http: 422, status: .invalid(.pods, "p", []), retry: .never),
            Failure(http: 401, status: .unauthorized(), retry: .never),
            Failure(http: 403, status: .forbidden(.pods, "p", "no"), retry: .never),
            Failure(http: 429, header: "3", retry: .after(.seconds(3))),
            Failure(
                http: 429, status: .tooManyRequests("slow down", retryAfterSeconds: 7), retry: .after(.seconds(7))),
            Failure(http: 429, retry: .backoff),
            Failure(http: 429, header: "999999999", retry: .after(.seconds(3600))),
            Failure(http: 429, header: "Wed, 21 Oct 2026 07:28:00 GMT", retry: .backoff),
            Failure(http: 500, status: .internalError("x"), retry: .backoff), Failure(http: 502, retry: .backoff),
            Failure(http: 503, header: "1", retry: .after(.seconds(1))),
            Failure(http: 504, status: .timeout("late"), retry: .backoff), Failure(http: 501, retry: .never),
            Failure(http: 302, retry: .never),
        ])
    func errors(row: Failure) async throws {
        let server = try ScriptedServer { _, connection in
            let headers = row.header.map { [("Retry-After", $0)] } ?? []
            connection.respond(row.http, row.status.map(TestCluster.status) ?? "<html>", headers: headers)
        }
        let client = TestCluster.client(server)
        let error = await #expect(throws: APIError.self) { try await client.get(.pods, key) }
        #expect(error?.retry == row.retry)
        #expect(error?.status == row.status)
        #expect(error?.httpStatus == row.http)
        #expect(error?.isNotFound == (row.http == 404))
        #expect(error?.isGone == (row.http == 410))
        #expect(error?.isAlreadyExists == (row.status?.reason == "AlreadyExists"))
        #expect(error?.isConflict == (row.status?.reason == "Conflict"))
        #expect(error?.message.hasPrefix("GET /api/v1/namespaces/ml/pods/p: \(row.http)") == true)
    }

    @Test("every call has a deadline, and no answer, no server and no JSON are worth another try")
    func noAnswer() async throws {
        let silent = try ScriptedServer { _, connection in connection.waitForClientToClose() }
        let late = await #expect(throws: APIError.self) {
            try await TestCluster.client(silent).get(.pods, key, timeout: .milliseconds(100))
        }
        #expect(late?.transport?.code == .deadlineExceeded)
        #expect(late?.retry == .backoff)
        let configuration = ClientConfiguration(server: "http://127.0.0.1:\(try ScriptedServer.unusedPort())")
        let refused = await #expect(throws: APIError.self) {
            try await KubernetesClient(configuration: configuration).get(.pods, key)
        }
        #expect(refused?.transport?.wasNotSent == true)
        #expect(refused?.retry == .backoff)
        let garbage = try ScriptedServer { _, connection in connection.respond(200, "<html>") }
        let strange = await #expect(throws: APIError.self) { try await TestCluster.client(garbage).get(.pods, key) }
        #expect(strange?.retry == .backoff)
    }

    @Test("after a 401 the token file is read again, once")
    func refusedToken() async throws {
        let folder = try TemporaryFolder()
        try folder.write("token", "old")
        let server = try ScriptedServer { request, connection in
            if request.headers["authorization"] == "Bearer new" { return connection.respond(200, "{}") }
            _ = try? folder.write("token", "new")
            connection.respond(401, TestCluster.status(.unauthorized()))
        }
        let client = TestCluster.client(server, credentials: .tokenFile("\(folder.path)/token"))
        _ = try await client.get(.pods, key)
        #expect(server.requests.count == 2)
        _ = try await client.get(.pods, key)
        #expect(server.requests.count == 3)
    }

    @Test("a long list is read page by page; a lost page starts it again without pages")
    func paging() async throws {
        let pods = (0..<5).map { TestCluster.pod("p\($0)", rv: $0) }
        let server = try ScriptedServer { request, connection in
            switch (request.query("limit"), request.query("continue")) {
            case ("2", nil): connection.respond(200, TestCluster.list(Array(pods[0..<2]), rv: 9, next: "a/b"))
            case ("2", "a%2Fb"): connection.respond(200, TestCluster.list(Array(pods[2..<4]), rv: 9, next: "c"))
            case ("2", "c"): connection.respond(410, TestCluster.status(.expired("continue token is too old")))
            default: connection.respond(200, TestCluster.list(pods, rv: 12))
            }
        }
        let list = try await TestCluster.client(server).listAll(.pods, options: ListOptions(limit: 2))
        #expect(list.items.map { ObjectMeta(of: $0).name } == ["p0", "p1", "p2", "p3", "p4"])
        #expect(list.resourceVersion == "12")
        #expect(server.requests.count == 4)
    }

    @Test("over TLS with a client certificate from a kubeconfig")
    func overTLS() async throws {
        let folder = try TemporaryFolder()
        let script = """
            set -e
            req="openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
            $req -x509 -days 2 -subj /CN=ca -keyout ca.key -out ca.pem
            echo subjectAltName=IP:127.0.0.1 > ext
            for name in server client; do
              $req -subj /CN=$name -keyout $name.key -out $name.csr
              openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out $name.pem
            done
            mkdir -p api/v1/namespaces/ml/pods
            printf '{"kind":"Pod"}' > api/v1/namespaces/ml/pods/p
            """
        try Command.run(["sh", "-c", script], in: folder.path)
        let server = try Command(
            [
                "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem", "-key", "server.key", "-WWW",
                "-Verify", "1", "-verify_return_error", "-CAfile", "ca.pem",
            ], in: folder.path)
        defer { server.stop() }
        var port: Substring?
        while port == nil, let line = server.readLine() {
            if line.hasPrefix("ACCEPT ") { port = line.split(separator: ":").last }
        }
        try folder.write(
            "config",
            """
            contexts: [{name: a, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:\(port ?? "")", certificate-authority: ca.pem}}]
            users: [{name: u, user: {client-certificate: client.pem, client-key: client.key}}]
            """)
        let configuration = try ClientConfiguration.load(kubeconfig: "\(folder.path)/config")
        let pod = try await KubernetesClient(configuration: configuration).get(.pods, key)
        #expect(pod.root["kind"]?.string == "Pod")
    }
}
