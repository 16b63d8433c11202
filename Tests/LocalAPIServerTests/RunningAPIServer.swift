import FoundationEssentials
import HTTPTransport
import JSON
import KubernetesModel
import Logging
import Testing

@testable import LocalAPIServer

/// A server on a free port with an administrator's client, for the length of a test.
struct RunningAPIServer: Sendable {
    struct Answer: Sendable {
        var status: Int
        var json: JSONView
        var headers: HTTPHeaders
        var message: String { json["message"]?.string ?? "" }
    }

    let client: HTTPClient
    let address: String
    let directory: String
    let server: LocalAPIServer

    /// Runs `body` against a new server, then stops it.
    static func with(
        podLogs: (any PodLogSource)? = nil, webhookPort: Int? = nil, file: ClusterFile? = nil,
        _ body: @escaping @Sendable (RunningAPIServer) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.path + "/kubedl-api-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var logger = Logger(label: "test")
        logger.logLevel = .error
        var configuration = LocalAPIServer.Configuration(certificateDirectory: directory)
        if let webhookPort {
            configuration.webhookServiceResolver = { namespace, name, _ in
                namespace == "system" && name == "hook" ? (host: "127.0.0.1", port: webhookPort) : nil
            }
        }
        let server = try await LocalAPIServer(
            configuration: configuration, logger: logger, podLogs: podLogs, file: file)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = try await server.started()
            let client = HTTPClient(
                tls: TLSOptions(
                    certificateAuthority: .pem(try read(directory + "/ca.crt")),
                    clientCertificatePEM: try read(directory + "/admin.crt"),
                    clientKeyPEM: try read(directory + "/admin.key")))
            defer { client.close() }
            let running = RunningAPIServer(
                client: client, address: "https://127.0.0.1:\(port)", directory: directory, server: server)
            do { try await body(running) } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path)))
    }

    func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, type: String = "application/json",
        accept: String = "application/json"
    ) async throws -> Answer {
        let response = try await client.send(
            HTTPRequest(
                method: method, url: address + path,
                headers: [("Accept", accept)] + (body == nil ? [] : [("Content-Type", type)]), body: body?.bytes))
        let json = response.body.isEmpty ? JSONValue.null : try JSONValue(parsing: response.body)
        return Answer(status: response.status, json: try json.document().root, headers: response.headers)
    }

    /// As ``call(_:_:_:type:accept:)``; a status other than 2xx is an issue of the test.
    @discardableResult
    func expect(
        _ method: String, _ path: String, _ body: JSONValue? = nil, type: String = "application/json",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSONView {
        let answer = try await call(method, path, body, type: type)
        #expect((200..<300).contains(answer.status), "\(answer.json.text)", sourceLocation: sourceLocation)
        return answer.json
    }

    /// Repeats a GET until its answer is as wished; an issue of the test after 10 seconds.
    func eventually(
        _ path: String, sourceLocation: SourceLocation = #_sourceLocation, _ holds: (Answer) -> Bool
    ) async throws {
        let end = ContinuousClock().now + .seconds(10)
        var last: Answer?
        while ContinuousClock().now < end {
            let answer = try await call("GET", path)
            if holds(answer) { return }
            last = answer
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("\(path) stayed \(last?.json.text ?? "unknown")", sourceLocation: sourceLocation)
    }

    /// Opens a watch and answers its lines one by one to `next`, until `next` says false.
    func watch(_ path: String, _ next: (JSONView) async throws -> Bool) async throws {
        let stream = try await client.stream(HTTPRequest(url: address + path, timeout: .seconds(20)))
        #expect(stream.status == 200)
        var rest: [UInt8] = []
        for try await chunk in stream.chunks {
            rest += chunk
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(rest[..<end])
                rest.removeSubrange(...end)
                guard try await next(try JSONDocument(parsing: line).root) else { return }
            }
        }
    }
}

/// Objects for tests.
enum Sample {
    static func configMap(_ name: String, _ data: [String: String] = [:], owner: JSONView? = nil) -> JSONValue {
        var object: JSONValue = [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": JSONValue(name)], "data": JSONValue(data),
        ]
        if let owner {
            object[path: ["metadata", "ownerReferences"]] = [
                [
                    "apiVersion": "v1", "kind": "ConfigMap",
                    "name": JSONValue(owner[path: "metadata", "name"]?.string ?? ""),
                    "uid": JSONValue(owner[path: "metadata", "uid"]?.string ?? ""), "blockOwnerDeletion": true,
                ]
            ]
        }
        return object
    }

    static func pod(_ name: String, gate: String? = nil) -> JSONValue {
        var object: JSONValue = [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": JSONValue(name)],
            "spec": ["containers": [["name": "main", "image": "busybox:1"]]],
        ]
        if let gate { object[path: ["spec", "schedulingGates"]] = [["name": JSONValue(gate)]] }
        return object
    }

    static let widgets: JSONValue = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": ["name": "widgets.example.com"],
        "spec": [
            "group": "example.com", "scope": "Namespaced",
            "names": ["plural": "widgets", "singular": "widget", "kind": "Widget", "shortNames": ["wd"]],
            "versions": [
                [
                    "name": "v1", "served": true, "storage": true, "subresources": ["status": [:]],
                    "additionalPrinterColumns": [["name": "Size", "type": "integer", "jsonPath": ".spec.size"]],
                    "schema": [
                        "openAPIV3Schema": [
                            "type": "object",
                            "properties": [
                                "spec": [
                                    "type": "object", "required": ["size"],
                                    "properties": [
                                        "size": ["type": "integer", "minimum": 1],
                                        "color": ["type": "string", "default": "red", "enum": ["red", "green"]],
                                    ],
                                    "x-kubernetes-validations": [
                                        ["rule": "self.size < 100", "message": "size must be below 100"]
                                    ],
                                ],
                                "status": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                            ],
                        ]
                    ],
                ]
            ],
        ],
    ]

    static func widget(_ name: String, size: Int) -> JSONValue {
        [
            "apiVersion": "example.com/v1", "kind": "Widget", "metadata": ["name": JSONValue(name)],
            "spec": ["size": JSONValue(size)],
        ]
    }
}

extension RunningAPIServer {
    /// A client that knows the authority and has no certificate.
    func stranger() throws -> HTTPClient {
        HTTPClient(
            tls: TLSOptions(
                certificateAuthority: .pem(Array(try Data(contentsOf: URL(filePath: directory + "/ca.crt"))))))
    }
}
