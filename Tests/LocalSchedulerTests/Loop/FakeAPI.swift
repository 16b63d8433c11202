import JSON
import KubernetesClient
import KubernetesModel
import Logging
import Synchronization
import TestSupport

@testable import LocalScheduler

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The part of an API server that a scheduler needs, in memory: lists, watches, bindings, pods' status, deletion, events.
final class FakeAPI: Sendable {
    private struct Change {
        var plural: String
        var type: String
        var object: JSONValue
        var version: Int
    }

    private final class Store: Sendable {
        struct State {
            var version = 1
            var objects: [String: [String: JSONValue]] = [:]
            var changes: [Change] = []
            var events: [String] = []
            var deletions: [JSONValue] = []
        }
        let state = Mutex(State())
    }

    private let store: Store
    private let server: ScriptedServer

    /// An empty API server.
    init() throws {
        let store = Store()
        self.store = store
        server = try ScriptedServer { request, connection in Self.answer(request, connection, store) }
    }

    /// A client of the server.
    var client: KubernetesClient {
        KubernetesClient(
            configuration: ClientConfiguration(server: server.url, credentials: .none), userAgent: "test/1")
    }

    /// Puts an object in, or in the place of the one with its name.
    func put(_ plural: String, _ object: JSONView) { Self.put(plural, JSONValue(object), store) }

    /// A pod as it is now.
    func pod(_ name: String) -> JSONValue? { store.state.withLock { $0.objects["pods"]?[name] } }

    /// The events so far: `reason object: message`.
    var events: [String] { store.state.withLock { $0.events } }
    /// The bodies of deletions so far.
    var deletions: [JSONValue] { store.state.withLock { $0.deletions } }

    /// Runs a scheduler during a body.
    func schedule(
        _ configuration: SchedulerConfiguration = SchedulerConfiguration(), _ body: @Sendable () async throws -> Void
    ) async throws {
        let scheduler = PodScheduler(client: client, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try scheduler.reconfigure(configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await scheduler.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    /// Waits until a condition holds, 20 seconds at most; whether it does.
    func eventually(_ condition: @Sendable (FakeAPI) -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if condition(self) { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return condition(self)
    }

    private static func answer(
        _ request: ScriptedServer.Request, _ connection: ScriptedServer.Connection, _ store: Store
    ) {
        let parts = request.path.split(separator: "/").map(String.init)
        let name = parts.dropLast(["binding", "status"].contains(parts.last) ? 1 : 0).last ?? ""
        switch (request.method, parts.last) {
        case ("GET", let plural?) where request.target.contains("watch=true"):
            watch(plural, since: version(request.target), connection, store)
        case ("GET", let plural?): connection.respond(200, list(plural, store))
        case ("POST", "binding"):
            guard let node = (try? JSONValue(parsing: request.body))?["target"]?["name"] else { fallthrough }
            change(name, connection, store) { $0[path: ["spec", "nodeName"]] = node }
        case ("PATCH", "status"):
            guard let patch = try? JSONValue(parsing: request.body) else { fallthrough }
            change(name, connection, store) { pod in
                pod[path: ["status", "conditions"]] = patch["status"]?["conditions"]
                if let node = patch["status"]?["nominatedNodeName"] {
                    pod[path: ["status", "nominatedNodeName"]] = node
                }
            }
        case ("POST", "events"):
            let event = try? JSONValue(parsing: request.body)
            let object = event?["involvedObject"]?["name"]?.string ?? ""
            let text = "\(event?["reason"]?.string ?? "") \(object): \(event?["message"]?.string ?? "")"
            store.state.withLock { $0.events.append(text) }
            connection.respond(201, request.text)
        case ("DELETE", _):
            delete(name, (try? JSONValue(parsing: request.body)) ?? .null, store)
            connection.respond(200, "{}")
        default: connection.respond(404, "{}")
        }
    }

    private static func version(_ target: String) -> Int {
        let parameter = target.split(whereSeparator: { "?&".contains($0) }).first { $0.hasPrefix("resourceVersion=") }
        return parameter.flatMap { Int($0.dropFirst("resourceVersion=".count)) } ?? 0
    }

    private static func list(_ plural: String, _ store: Store) -> String {
        store.state.withLock { state in
            let items = state.objects[plural]?.values.map(\.text).joined(separator: ",") ?? ""
            return #"{"metadata":{"resourceVersion":"\#(state.version)"},"items":[\#(items)]}"#
        }
    }

    private static func watch(
        _ plural: String, since: Int, _ connection: ScriptedServer.Connection, _ store: Store
    ) {
        var last = since
        connection.begin()
        while true {
            let news = store.state.withLock { $0.changes.filter { $0.plural == plural && $0.version > last } }
            for change in news {
                last = change.version
                let line = #"{"type":"\#(change.type)","object":\#(change.object.text)}"# + "\n"
                if !connection.chunk(line) { return connection.close() }
            }
            usleep(5_000)
        }
    }

    private static func change(
        _ name: String, _ connection: ScriptedServer.Connection, _ store: Store, _ body: (inout JSONValue) -> Void
    ) {
        guard var pod = store.state.withLock({ $0.objects["pods"]?[name] }) else {
            return connection.respond(404, "{}")
        }
        body(&pod)
        put("pods", pod, store)
        connection.respond(200, "{}")
    }

    private static func put(_ plural: String, _ object: JSONValue, _ store: Store) {
        let name = object["metadata"]?["name"]?.string ?? ""
        store.state.withLock { state in
            state.version += 1
            var object = object
            object[path: ["metadata", "resourceVersion"]] = JSONValue("\(state.version)")
            let type = state.objects[plural]?[name] == nil ? "ADDED" : "MODIFIED"
            state.objects[plural, default: [:]][name] = object
            state.changes.append(Change(plural: plural, type: type, object: object, version: state.version))
        }
    }

    private static func delete(_ name: String, _ options: JSONValue, _ store: Store) {
        store.state.withLock { state in
            state.deletions.append(options)
            guard var pod = state.objects["pods"]?.removeValue(forKey: name) else { return }
            state.version += 1
            pod[path: ["metadata", "resourceVersion"]] = JSONValue("\(state.version)")
            state.changes.append(Change(plural: "pods", type: "DELETED", object: pod, version: state.version))
        }
    }
}
