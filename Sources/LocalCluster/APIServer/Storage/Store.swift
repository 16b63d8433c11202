import JSON
import KubernetesModel
import Synchronization

/// All objects of the cluster, in memory, with one revision sequence and a bounded history of changes per resource.
///
/// Nothing here knows of HTTP, admission or validation: callers bring complete objects.
final class Store: Sendable {
    private let state: Mutex<StoreState>

    /// An empty store. `historyCapacity` is the number of changes per resource that watches can resume from.
    init(historyCapacity: Int = 4096) {
        state = Mutex(StoreState(historyCapacity: historyCapacity))
    }

    /// The newest revision.
    var revision: UInt64 { state.withLock { $0.revision } }

    func get(_ resource: GroupResource, _ key: ObjectKey) -> StoredObject? {
        state.withLock { $0.tables[resource]?.objects[key] }
    }

    /// The object that has this UID.
    func object(uid: String) -> (id: ObjectID, object: StoredObject)? {
        state.withLock { state in
            guard let id = state.uids[uid], let object = state.tables[id.resource]?.objects[id.key] else { return nil }
            return (id, object)
        }
    }

    /// All objects of a resource, sorted by namespace and name, and the revision at which that was so.
    func list(_ resource: GroupResource, namespace: String? = nil) -> (
        objects: [StoredObject], revision: UInt64
    ) {
        let (objects, revision) = state.withLock { ($0.tables[resource]?.objects, $0.revision) }
        guard let objects else { return ([], revision) }
        let found = objects.values.filter { namespace == nil || $0.key.namespace == namespace }
        return (found.sorted { sortsBefore($0.key, $1.key) }, revision)
    }

    /// All objects of a resource as they were at an earlier revision, sorted.
    ///
    /// Throws Expired when the history no longer goes back that far.
    func list(
        _ resource: GroupResource, namespace: String?, at revision: UInt64
    ) throws(StatusBody) -> [StoredObject] {
        let table = state.withLock { $0.tables[resource] }
        guard let table else { return [] }
        guard let events = table.history.events(after: revision, limit: .max) else {
            throw .expired(requested: revision, oldest: table.history.droppedRevision)
        }
        var objects = table.objects
        for event in events.reversed() { objects[event.object.key] = event.previous }
        let found = objects.values.filter { namespace == nil || $0.key.namespace == namespace }
        return found.sorted { sortsBefore($0.key, $1.key) }
    }

    /// Begins the history of a resource now, so that watches from before its definition have expired.
    func open(_ resource: GroupResource) { state.withLock { $0.open(resource) } }

    /// Resources that hold at least one object of a namespace.
    func resources(in namespace: String) -> [GroupResource] {
        let tables = state.withLock { $0.tables }
        return tables.filter { $0.value.objects.keys.contains { $0.namespace == namespace } }.map(\.key)
    }

    /// Objects that name `uid` as an owner.
    func dependents(of uid: String) -> [(id: ObjectID, object: StoredObject)] {
        state.withLock { state in
            (state.dependents[uid] ?? []).compactMap { id in
                state.tables[id.resource]?.objects[id.key].map { (id, $0) }
            }
        }
    }

    /// Adds an object; its resourceVersion is set here. Throws AlreadyExists.
    @discardableResult
    func create(_ resource: GroupResource, _ key: ObjectKey, _ value: JSONValue) throws(StatusBody)
        -> StoredObject
    {
        let made: Result<StoredObject, StatusBody> = state.withLock { state in
            if state.tables[resource]?.objects[key] != nil {
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
            guard let current = state.tables[resource]?.objects[key], current.revision == expected else { return nil }
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
            guard let current = state.tables[resource]?.objects[key], current.revision == expected else { return nil }
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

    /// Wakes once now and after every change of `resource` (or of any, if nil) and at every ``tick()``.
    ///
    /// Wake-ups are merged, so a slow reader costs nothing; the changes themselves come from `events`.
    func wakeUps(for resource: GroupResource?) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { $0.subscribe(resource, continuation) }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.unsubscribe(resource, number) }
        }
        continuation.yield()
        return stream
    }

    /// Wakes every subscriber, so that they can look at the clock.
    func tick() {
        for continuation in state.withLock({ $0.subscribers.values.flatMap(\.values) }) { continuation.yield() }
    }

    /// Takes the objects whose owners, finalizers or deletion changed since the last call.
    func takeCollectable() -> Set<ObjectID> {
        state.withLock { state in
            defer { state.collectable = [] }
            return state.collectable
        }
    }

    /// Puts an object back for the next ``takeCollectable()``.
    func markCollectable(_ id: ObjectID) {
        state.withLock { _ = $0.collectable.insert(id) }
    }
}

/// Namespace first, then name, by bytes, as etcd sorts its keys.
func sortsBefore(_ left: ObjectKey, _ right: ObjectKey) -> Bool {
    (left.namespace ?? "", left.name) < (right.namespace ?? "", right.name)
}
