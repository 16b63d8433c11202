package import JSON
package import KubernetesModel
package import Logging
import Synchronization

/// Keeps a projection of every object of a resource current: lists, then watches from there, for as long as it runs.
///
/// - Objects are not kept, only what `project` makes of them. An object of which it throws stops nothing: its key stays
///   known, see ``failures``.
/// - A broken watch goes on from the last version. It lists anew after 410 Gone or any other refusal, after silence, and
///   when an event is older than what is known: then the server's history may not be the one that we followed. What went
///   away meanwhile is noticed then.
/// - An older version never replaces a newer one.
package final class Informer<Projection: Sendable>: Sendable {
    /// Called after the store has changed, in order, one change at a time. Must not block. `nil` stands for an object
    /// that is not there, or not readable.
    package typealias Handler = @Sendable (_ key: ObjectKey, _ old: Projection?, _ new: Projection?) -> Void

    private struct State: Sendable {
        var store = InformerStore<Projection>()
        var handlers: [Handler] = []
    }

    let client: KubernetesClient
    let type: ResourceType
    let namespace: String?
    let labelSelector: String?
    let fieldSelector: String?
    let time: TimeSource
    let backoff: Backoff
    let pageSize: Int
    let timeout: Duration
    let idleTimeout: Duration
    let logger: Logger
    private let project: @Sendable (JSONView) throws -> Projection
    private let state = Mutex(State())
    private let synced = Latch()

    /// Describes an informer; ``run()`` starts it. Without a namespace it covers all of them.
    ///
    /// `timeout` is for a page of a list and for a watch's first answer, `idleTimeout` for silence during a watch.
    package init(
        client: KubernetesClient, type: ResourceType, namespace: String? = nil, labelSelector: String? = nil,
        fieldSelector: String? = nil, pageSize: Int = 500, timeout: Duration = .seconds(60),
        idleTimeout: Duration = .seconds(180), backoff: Backoff = .reflector, time: TimeSource = .system,
        logger: Logger = Logger(label: "kubedl.informer"),
        project: @escaping @Sendable (JSONView) throws -> Projection
    ) {
        self.client = client
        self.type = type
        self.namespace = namespace
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.pageSize = pageSize
        self.timeout = timeout
        self.idleTimeout = idleTimeout
        self.backoff = backoff
        self.time = time
        self.logger = logger
        self.project = project
    }

    // MARK: reading

    /// The projection of one object; `nil` if it is not there or not readable.
    package func value(for key: ObjectKey) -> Projection? { state.withLock { $0.store[key]?.value } }

    /// All readable objects.
    package var snapshot: [ObjectKey: Projection] { state.withLock { $0.store.compactMap(\.value) } }

    /// The projections of all readable objects, in no order.
    package var values: [Projection] { state.withLock { $0.store.values } }

    /// Whether there is an object of this key, readable or not.
    package func contains(_ key: ObjectKey) -> Bool { state.withLock { $0.store[key] != nil } }

    /// The objects that `project` could not read, and why.
    package var failures: [ObjectKey: ProjectionFailure] {
        state.withLock { state in
            state.store.compactMap { entry in
                if case .failure(let failure) = entry.projection { failure } else { nil }
            }
        }
    }

    /// How many objects there are, readable or not.
    package var count: Int { state.withLock { $0.store.count } }

    /// Whether the first list is complete. It stays true.
    package var hasSynced: Bool { state.withLock { $0.store.hasSynced } }

    /// The version up to which everything is known; empty before the first list.
    package var resourceVersion: String { state.withLock { $0.store.resourceVersion } }

    /// Returns when the first list is complete. Throws `CancellationError` when the task is cancelled before.
    package func waitUntilSynced() async throws { try await synced.wait() }

    /// Adds a handler; do so before ``run()``, or it misses what came before.
    package func onChange(_ handler: @escaping Handler) { state.withLock { $0.handlers.append(handler) } }

    // MARK: what the loop does to the store

    func upsert(_ object: JSONView) {
        let identity = InformerStore<Projection>.Identity(object)
        guard state.withLock({ $0.store.isNews(identity) }) else { return }
        // Outside the lock: it is the caller's code. Only the loop writes, so nothing changes in between.
        let projection = Result { try project(object) }.mapError { ProjectionFailure(reason: "\($0)") }
        notify { store in [store.put(identity, projection)] }
        guard case .failure(let failure) = projection else { return }
        logger.warning(
            "object cannot be read",
            metadata: ["resource": "\(type)", "object": "\(identity.key)", "reason": "\(failure)"])
    }

    func remove(_ object: JSONView) { notify { store in store.remove(object).map { [$0] } ?? [] } }

    func beginList() { state.withLock { $0.store.beginList() } }

    func finishList(version: String) {
        notify { store in store.finishList(version: version) }
        synced.open()
    }

    func advance(to version: String) { state.withLock { $0.store.advance(to: version) } }

    func forgetVersions() { state.withLock { $0.store.forgetVersions() } }

    private func notify(_ body: (inout InformerStore<Projection>) -> [InformerStore<Projection>.Change]) {
        let (changes, handlers) = state.withLock { state in (body(&state.store), state.handlers) }
        for change in changes {
            for handler in handlers { handler(change.key, change.old, change.new) }
        }
    }
}
