import JSON
import KubernetesModel
import Synchronization

/// All objects of the cluster, in memory, with one revision sequence and a bounded history of changes per resource.
///
/// With a ``ClusterFile`` the state is also kept there; nothing that has happened is told outside before it is, see
/// ``settle(upTo:)``.
///
/// Nothing here knows of HTTP, admission or validation: callers bring complete objects.
final class Store: Sendable {
    private let state: Mutex<StoreState>
    private let file: ClusterFile?

    /// An empty store. `historyCapacity` is the number of changes per resource that watches can resume from.
    init(historyCapacity: Int = 4096) {
        state = Mutex(StoreState(historyCapacity: historyCapacity))
        file = nil
    }

    /// What the file holds; changes are saved there from now on. Throws ``ClusterFile/Problem``.
    init(historyCapacity: Int = 4096, file: ClusterFile) async throws {
        let saved = try await file.load()
        state = Mutex(
            StoreState(historyCapacity: historyCapacity, revision: saved.revision, objects: saved.objects))
        self.file = file
    }

    /// Waits until what has happened up to `revision`, or up to now, survives the end of this process. Throws 500 when it
    /// cannot be saved.
    func settle(upTo revision: UInt64? = nil) async throws(StatusBody) {
        guard let file else { return }
        do { try await save(to: file, upTo: revision) } catch { throw .internalError("\(error)") }
    }

    /// Saves what nobody waits for, until cancelled; then what is left. Throws ``ClusterFile/Problem``.
    func keepSaved() async throws {
        guard let file else { return }
        for await _ in wakeUps(for: nil) { try await save(to: file, upTo: nil) }
        try await save(to: file, upTo: nil)
    }

    private func save(to file: ClusterFile, upTo revision: UInt64?) async throws {
        try await file.save(upTo: revision ?? self.revision) {
            state.withLock { state in
                let changes = state.unsaved ?? []
                state.unsaved = []
                return (changes, state.revision)
            }
        }
    }

    /// The newest revision.
    var revision: UInt64 { state.withLock { $0.revision } }

    func get(_ resource: GroupResource, _ key: ObjectKey) -> StoredObject? {
        state.withLock { $0.tables[resource]?[key] }
    }

    /// The object that has this UID.
    func object(uid: String) -> (id: ObjectID, object: StoredObject)? {
        state.withLock { state in
            guard let id = state.uids[uid], let object = state.tables[id.resource]?[id.key] else { return nil }
            return (id, object)
        }
    }

    /// All objects of a resource, sorted by namespace and name, and the revision at which that was so.
    func list(_ resource: GroupResource, namespace: String? = nil) -> (
        objects: [StoredObject], revision: UInt64
    ) {
        state.withLock { ($0.tables[resource]?.list(namespace) ?? [], $0.revision) }
    }

    /// All objects of a resource as they were at an earlier revision, sorted.
    ///
    /// Throws Expired when the history no longer goes back that far.
    func list(
        _ resource: GroupResource, namespace: String?, at revision: UInt64
    ) throws(StatusBody) -> [StoredObject] {
        guard var table = state.withLock({ $0.tables[resource] }) else { return [] }
        guard let events = table.history.events(after: revision, limit: .max) else {
            throw .expired(requested: revision, oldest: table.history.droppedRevision)
        }
        for event in events.reversed() { table[event.object.key] = event.previous }
        return table.list(namespace)
    }

    /// Begins the history of a resource now, so that watches from before its definition have expired.
    func open(_ resource: GroupResource) { state.withLock { $0.open(resource) } }

    /// Resources that hold at least one object of a namespace.
    func resources(in namespace: String) -> [GroupResource] {
        state.withLock { $0.tables.filter { $0.value.holds(namespace) }.map(\.key) }
    }

    /// Objects that name `uid` as an owner.
    func dependents(of uid: String) -> [(id: ObjectID, object: StoredObject)] {
        state.withLock { state in
            (state.dependents[uid] ?? []).compactMap { id in
                state.tables[id.resource]?[id.key].map { (id, $0) }
            }
        }
    }

    /// Adds an object; its resourceVersion is set here. Throws AlreadyExists.
    @discardableResult
    func create(_ resource: GroupResource, _ key: ObjectKey, _ value: JSONValue) throws(StatusBody)
        -> StoredObject
    {
        let made: Result<StoredObject, StatusBody> = state.withLock { state in
            if state.tables[resource]?[key] != nil {
                return .failure(.alreadyExists(resource, name: key.name))
            }
            return state.put(resource, key, value, previous: nil)
        }
        return try made.get()
    }

    /// Replaces an object that still is at `expected`; an equal value writes nothing and keeps the revision.
    ///
    /// Returns nil if the object has changed or gone since, so that the caller can read it again.
    func replace(
        _ resource: GroupResource, _ key: ObjectKey, _ value: JSONValue, expected: UInt64
    ) throws(StatusBody) -> StoredObject? {
        let made: Result<StoredObject, StatusBody>? = state.withLock { state in
            guard let current = state.tables[resource]?[key], current.revision == expected else { return nil }
            var same = value
            same[path: ["metadata", "resourceVersion"]] = JSONValue(String(current.revision))
            if same == current.value { return .success(current) }
            return state.put(resource, key, value, previous: current)
        }
        return try made?.get()
    }

    /// Removes an object that still is at `expected`; nil as for ``replace(_:_:_:expected:)``.
    ///
    /// `last` is the state that watchers see in the deletion event; nil means the stored one.
    func remove(
        _ resource: GroupResource, _ key: ObjectKey, expected: UInt64, last: JSONValue? = nil
    ) throws(StatusBody) -> StoredObject? {
        let made: Result<StoredObject, StatusBody>? = state.withLock { state in
            guard let current = state.tables[resource]?[key], current.revision == expected else { return nil }
            return state.remove(resource, current, last: last)
        }
        return try made?.get()
    }

    /// Drops a resource with all its objects, as when its definition is deleted.
    func removeAll(of resource: GroupResource) throws(StatusBody) {
        for object in list(resource).objects {
            _ = try remove(resource, object.key, expected: object.revision)
        }
    }

    /// Changes of a resource after `revision`, at most `limit`, oldest first, and the revision they reach.
    ///
    /// Throws Expired when the history no longer goes back that far.
    func events(
        of resource: GroupResource, after revision: UInt64, limit: Int = 256
    ) throws(StatusBody) -> (events: [StoreEvent], revision: UInt64) {
        let found: Result<([StoreEvent], UInt64), StatusBody> = state.withLock { state in
            guard let history = state.tables[resource]?.history else {
                return revision >= state.firstRevision
                    ? .success(([], state.revision))
                    : .failure(.expired(requested: revision, oldest: state.firstRevision))
            }
            guard let events = history.events(after: revision, limit: limit) else {
                return .failure(.expired(requested: revision, oldest: history.droppedRevision))
            }
            let reached = events.count == limit ? events.last?.revision ?? revision : state.revision
            return .success((Array(events), max(revision, reached)))
        }
        return try found.get()
    }

    /// Wakes once now, after every change of `resource` (or of any, if nil) and at every ``wakeAll()``.
    func wakeUps(for resource: GroupResource?) -> AsyncStream<Void> { subscribe(to: resource).wakeUps }

    /// ``wakeUps(for:)`` and what wakes this one subscriber.
    ///
    /// Wake-ups are merged, so a slow reader costs nothing; the changes themselves come from `events`.
    func subscribe(to resource: GroupResource?) -> (wakeUps: AsyncStream<Void>, wake: @Sendable () -> Void) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { $0.subscribe(resource, continuation) }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.unsubscribe(resource, number) }
        }
        continuation.yield()
        return (stream, { continuation.yield() })
    }

    /// Wakes every subscriber, so that they see what changed beside the store.
    func wakeAll() {
        for continuation in state.withLock({ $0.subscribers.values.flatMap(\.values) }) { continuation.yield() }
    }

    /// Takes the objects whose owners, finalizers or deletion changed since the last call.
    func takeCollectable() -> Set<ObjectID> {
        state.withLock { state in
            defer { state.collectable = [] }
            return state.collectable
        }
    }

    /// Whether ``takeCollectable()`` would answer something.
    var hasCollectable: Bool { state.withLock { !$0.collectable.isEmpty } }

    /// Puts an object back for the next ``takeCollectable()``.
    func markCollectable(_ id: ObjectID) {
        state.withLock { _ = $0.collectable.insert(id) }
    }
}
