import JSON
import KubernetesClient
import Synchronization
import Testing
import YAML

/// One case's namespace and its words for requests.
///
/// A path is absolute (`/api/v1/nodes`), or of the case's namespace: `pods/a/status` (core v1), `apps/v1/deployments`, or
/// `widgets` (the suite's own custom resource). Bodies are YAML, sent as JSON; `apiVersion` and `kind` are filled in from
/// the path. `{ns}`, `{suffix}` and `{group}` in paths and bodies stand for the case's own names.
final class Sandbox: Sendable {
    let cluster: ClusterUnderTest
    let namespace: String
    let suffix: String
    private let client: KubernetesClient
    private let leftovers: Mutex<[String]>

    /// The one of the running case.
    @TaskLocal static var current: Sandbox?

    private init(cluster: ClusterUnderTest, client: KubernetesClient, suffix: String) {
        self.cluster = cluster
        self.client = client
        self.suffix = suffix
        namespace = "conformance-\(cluster.suffix)-\(suffix)"
        leftovers = Mutex([])
    }

    static func make(in cluster: ClusterUnderTest) async throws -> Sandbox {
        let sandbox = Sandbox(cluster: cluster, client: cluster.client, suffix: ClusterUnderTest.randomSuffix())
        try await sandbox.post("/api/v1/namespaces", "{metadata: {name: '{ns}'}}").succeeds(201)
        return sandbox
    }

    /// Deletes the namespace and what else the case registered.
    func remove() async {
        for path in leftovers.withLock({ $0 }).reversed() + ["/api/v1/namespaces/\(namespace)"] {
            _ = try? await client.raw("DELETE", path, ignoresCancellation: true)
        }
    }

    /// Deletes the object at the path after the case.
    func cleanUp(_ path: String) { leftovers.withLock { $0.append(absolute(path)) } }

    /// The same place as another user.
    func acting(as user: String, groups: [String] = []) -> Sandbox {
        let headers = [("Impersonate-User", user)] + groups.map { ("Impersonate-Group", $0) }
        return Sandbox(cluster: cluster, client: cluster.client(headers: headers), suffix: suffix)
    }

    // MARK: Requests

    /// Sends bytes as they are and gives the answer, whatever its status.
    @discardableResult
    func send(
        _ method: String, _ path: String, query: [(String, String)] = [], body: String? = nil,
        type: String = "application/json", accept: String = "application/json"
    ) async throws -> Answer {
        do throws(APIError) {
            return Answer(
                try await client.raw(
                    method, absolute(path), query: query.map { ($0.0, filled($0.1)) },
                    body: body.map { Array(filled($0).utf8) }, contentType: type, accept: accept))
        } catch { return try Answer(error) }
    }

    func get(
        _ path: String, query: [(String, String)] = [], accept: String = "application/json"
    ) async throws -> Answer {
        try await send("GET", path, query: query, accept: accept)
    }

    /// Creates an object.
    @discardableResult
    func post(_ path: String, _ body: String, query: [(String, String)] = []) async throws -> Answer {
        try await send("POST", path, query: query, body: typed(body, path))
    }

    /// Replaces an object.
    @discardableResult
    func put(_ path: String, _ body: String, query: [(String, String)] = []) async throws -> Answer {
        try await send("PUT", path, query: query, body: typed(body, path))
    }

    @discardableResult
    func delete(_ path: String, _ options: String? = nil, query: [(String, String)] = []) async throws -> Answer {
        let body = try options.map { try json("{apiVersion: v1, kind: DeleteOptions}", adding: $0) }
        return try await send("DELETE", path, query: query, body: body)
    }

    /// Changes an object by one of the kinds of patches.
    @discardableResult
    func patch(
        _ path: String, _ kind: PatchKind, _ body: String, query: [(String, String)] = []
    ) async throws -> Answer {
        try await send("PATCH", path, query: query, body: json(body), type: kind.rawValue)
    }

    /// Server-side apply.
    @discardableResult
    func apply(
        _ path: String, as manager: String, force: Bool = false, _ body: String, query: [(String, String)] = []
    ) async throws -> Answer {
        let query = [("fieldManager", manager)] + (force ? [("force", "true")] : []) + query
        return try await send("PATCH", path, query: query, body: typed(body, path), type: PatchKind.apply.rawValue)
    }

    /// The events of a watch that lasts so many seconds.
    func watch(
        _ path: String, seconds: Int = 1, query: [(String, String)] = [], accept: String = "application/json"
    ) async throws -> [WatchedEvent] {
        let query = [("watch", "true"), ("timeoutSeconds", "\(seconds)")] + query
        let answer = try await get(path, query: query, accept: accept).succeeds()
        return try answer.text.split(separator: "\n").map { try WatchedEvent(JSONValue(parsing: String($0))) }
    }

    /// Skips the case where no controllers run.
    func needsControllers() throws {
        if !cluster.hasControllers {
            try Test.cancel("no controller manager runs: a new namespace gets no default service account")
        }
    }

    /// Skips the case where everybody may do everything.
    func needsAuthorization() async throws {
        let review = try await post(
            "/apis/authorization.k8s.io/v1/subjectaccessreviews",
            "{spec: {user: 'nobody-{suffix}', resourceAttributes: {namespace: '{ns}', verb: create, resource: pods}}}")
        if review["status.allowed"]?.bool == true {
            try Test.cancel("the server authorizes every request; start it with --authorization-mode=RBAC")
        }
    }

    /// Lets pods be made in the namespace whether or not a controller has seen it yet.
    func allowPods() async throws { try await post("serviceaccounts", "{metadata: {name: default}}") }

    // MARK: Paths and bodies

    func absolute(_ path: String) -> String {
        let path = filled(path)
        if path.hasPrefix("/") { return path }
        let steps = path.split(separator: "/")
        if steps[0].hasPrefix("widgets") { return "/apis/\(cluster.group)/v1/namespaces/\(namespace)/\(path)" }
        guard steps.count > 2, steps[1].first == "v", steps[1].dropFirst().first?.isNumber ?? false else {
            return "/api/v1/namespaces/\(namespace)/\(path)"
        }
        return "/apis/\(steps[0])/\(steps[1])/namespaces/\(namespace)/\(steps[2...].joined(separator: "/"))"
    }

    private func filled(_ text: String) -> String {
        text.replacing("{ns}", with: namespace).replacing("{suffix}", with: suffix)
            .replacing("{group}", with: cluster.group)
    }

    private func json(_ yaml: String, adding more: String = "{}") throws -> String {
        var value = try parse(yaml)
        for (key, member) in try parse(more).members ?? [] { value[key] = member }
        return value.text
    }

    private func parse(_ yaml: String) throws -> JSONValue {
        let documents = try YAML.parse(filled(yaml))
        return try #require(documents.first)
    }

    private func typed(_ body: String, _ path: String) throws -> String {
        let (version, kind) = try Kinds.find(absolute(path))
        return try json("{apiVersion: \(version), kind: \(kind)}", adding: body)
    }
}

/// The kinds of patches, as media types.
enum PatchKind: String {
    case json = "application/json-patch+json"
    case merge = "application/merge-patch+json"
    case strategic = "application/strategic-merge-patch+json"
    case apply = "application/apply-patch+yaml"
}

/// One event of a watch.
struct WatchedEvent: CustomStringConvertible {
    var type: String
    var object: JSONValue

    init(_ json: JSONValue) throws {
        type = try #require(json["type"]?.string)
        object = try #require(json["object"])
    }

    var name: String { object.at("metadata.name")?.string ?? "" }
    /// Such as `ADDED a`.
    var description: String { "\(type) \(name)" }
}
