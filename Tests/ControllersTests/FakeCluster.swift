import Controllers
import JSON
import KubernetesClient
import KubernetesModel
import Synchronization

/// An API server in memory, as far as plans need one: versions, UIDs, conflicts, and failures on demand.
final class FakeCluster: ClusterAccess {
    struct State {
        var objects: [String: JSONValue] = [:]
        var version = 100
        var events: [ObjectEvent] = []
        var log: [String] = []
        var failures: [String: APIError] = [:]
        var running = 0
        var mostRunning = 0
    }

    let state = Mutex(State())

    static func path(_ type: ResourceType, _ key: ObjectKey) -> String { "\(type.plural)/\(key)" }

    static func error(_ code: Int, _ reason: String) -> APIError {
        APIError(
            status: StatusBody(code: code, reason: reason, message: reason), httpStatus: code, message: reason,
            retry: code == 409 && reason != "AlreadyExists" ? .conflict : .never)
    }

    /// Lets requests of this verb and path fail from now on.
    func fail(_ request: String, with error: APIError?) { state.withLock { $0.failures[request] = error } }

    /// Puts an object in and answers it as stored.
    @discardableResult
    func put(_ type: ResourceType, _ value: JSONValue) throws -> JSONDocument {
        let stored = state.withLock { state in
            var value = value
            state.version += 1
            value[path: ["metadata", "resourceVersion"]] = JSONValue(String(state.version))
            if value[path: ["metadata", "uid"]] == nil {
                value[path: ["metadata", "uid"]] = JSONValue("uid-\(state.version)")
            }
            state.objects[Self.path(type, Self.key(value))] = value
            return value
        }
        return try stored.document()
    }

    func object(_ type: ResourceType, _ name: String) -> JSONValue? {
        state.withLock { $0.objects[Self.path(type, ObjectKey(namespace: "ml", name: name))] }
    }

    var log: [String] { state.withLock(\.log) }
    var events: [ObjectEvent] { state.withLock(\.events) }
    var names: [String] { state.withLock { $0.objects.keys.sorted() } }

    private static func key(_ value: JSONValue) -> ObjectKey {
        ObjectKey(
            namespace: value[path: ["metadata", "namespace"]]?.string,
            name: value[path: ["metadata", "name"]]?.string ?? "")
    }

    /// Notes the request; throws when it is to fail.
    private func note(_ verb: String, _ path: String) throws(APIError) {
        let failure = state.withLock { state in
            state.log.append("\(verb) \(path)")
            return state.failures["\(verb) \(path)"]
        }
        if let failure { throw failure }
    }

    func read(_ type: ResourceType, _ key: ObjectKey) async throws(APIError) -> JSONDocument {
        let path = Self.path(type, key)
        try note("get", path)
        guard let object = state.withLock({ $0.objects[path] }) else { throw Self.error(404, "NotFound") }
        return try document(object)
    }

    func create(_ type: ResourceType, namespace: String?, _ body: JSONValue) async throws(APIError) {
        let path = Self.path(type, Self.key(body))
        state.withLock { state in
            state.running += 1
            state.mostRunning = max(state.mostRunning, state.running)
        }
        await Task.yield()
        defer { state.withLock { $0.running -= 1 } }
        try note("create", path)
        if state.withLock({ $0.objects[path] != nil }) { throw Self.error(409, "AlreadyExists") }
        do { try put(type, body) } catch { throw APIError(message: "\(error)", retry: .never) }
    }

    func merge(
        _ type: ResourceType, _ key: ObjectKey, _ patch: JSONValue, subresource: String?
    ) async throws(APIError) -> JSONDocument {
        let path = Self.path(type, key)
        try note("patch", subresource.map { "\(path)/\($0)" } ?? path)
        guard let object = state.withLock({ $0.objects[path] }) else { throw Self.error(404, "NotFound") }
        let wanted = patch[path: ["metadata", "resourceVersion"]]?.string
        if let wanted, wanted != object[path: ["metadata", "resourceVersion"]]?.string {
            throw Self.error(409, "Conflict")
        }
        do { return try put(type, JSONMergePatch.apply(patch, to: object)) } catch {
            throw APIError(message: "\(error)", retry: .never)
        }
    }

    func delete(_ type: ResourceType, _ key: ObjectKey, uid: String) async throws(APIError) {
        let path = Self.path(type, key)
        try note("delete", path)
        let error = state.withLock { state -> APIError? in
            guard let object = state.objects[path] else { return Self.error(404, "NotFound") }
            guard object[path: ["metadata", "uid"]]?.string == uid else { return Self.error(409, "Conflict") }
            state.objects[path] = nil
            return nil
        }
        if let error { throw error }
    }

    func record(_ event: ObjectEvent) async { state.withLock { $0.events.append(event) } }

    private func document(_ value: JSONValue) throws(APIError) -> JSONDocument {
        do { return try value.document() } catch { throw APIError(message: "\(error)", retry: .never) }
    }
}
