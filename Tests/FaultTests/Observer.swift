import JSON
import KubernetesClient
import KubernetesModel
import Logging
import Synchronization
import TestSupport

/// What is kept of an object: its version and the history of versions that it belongs to.
struct Seen: Sendable, Equatable {
    var version: UInt64
    var history: String

    init(_ json: JSONView) {
        version = UInt64(ObjectMeta(of: json).resourceVersion) ?? 0
        history = json[path: "data", "history"]?.string ?? ""
    }
}

/// An informer whose handlers are checked, and a work queue that they feed.
final class Observer: Sendable {
    let client: KubernetesClient
    let informer: Informer<Seen>
    private let queue = WorkQueue<ObjectKey>(backoff: FaultWorld.backoff)
    private let state = Mutex(State())

    private struct State: Sendable {
        var current: [ObjectKey: Seen] = [:]
        var newest: [String: UInt64] = [:]
        var working: Set<ObjectKey> = []
        var wrongs: [String] = []
    }

    /// What must not happen and did.
    var wrongs: [String] { state.withLock { $0.wrongs } }
    /// What the handlers were told in the end.
    var told: [ObjectKey: Seen] { state.withLock { $0.current } }

    init(_ name: String, _ world: FaultWorld) throws {
        client = try world.client(name)
        var logger = Logger(label: name)
        logger.logLevel = .critical
        informer = Informer(
            client: client, type: .configMaps, pageSize: 5, timeout: .seconds(1), idleTimeout: .seconds(1),
            backoff: FaultWorld.backoff, logger: logger
        ) { Seen($0) }
        informer.onChange { [weak self] in self?.note($0, $1, $2) }
    }

    private func note(_ key: ObjectKey, _ old: Seen?, _ new: Seen?) {
        state.withLock { state in
            if state.current[key] != old { state.wrongs.append("\(key): told \(String(describing: old)) as old") }
            state.current[key] = new
            // Objects of the server's own belong to every history.
            guard let new, !new.history.isEmpty else { return }
            let name = "\(new.history) \(key)"
            if let known = state.newest[name], known >= new.version {
                state.wrongs.append("\(name): \(new.version) came after \(known)")
            }
            state.newest[name] = new.version
        }
        queue.add(key)
    }

    /// Informs and works until its task is cancelled.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.informer.run() }
            group.addTask { await self.queue.run(workers: 4) { await self.work($0) } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func work(_ key: ObjectKey) async -> WorkQueue<ObjectKey>.Outcome {
        let isAlone = state.withLock { $0.working.insert(key).inserted }
        if !isAlone { state.withLock { $0.wrongs.append("\(key) was worked on twice at once") } }
        await Task.yield()
        state.withLock { _ = $0.working.remove(key) }
        return key.name.hasSuffix("7") && queue.failures(of: key) == 0 ? .retry : .done
    }
}
