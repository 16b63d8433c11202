import JSON
import KubernetesModel

/// What ``Store`` guards: the objects of each resource, indexes by UID and owner, and the subscribers.
struct StoreState: Sendable {
    let historyCapacity: Int
    /// Where the history begins. Revisions start above 1 so that "0" keeps its meaning of "any".
    private(set) var firstRevision: UInt64 = 1
    var revision: UInt64 = 1
    var tables: [GroupResource: StoreTable] = [:]
    /// What is still to be saved, oldest first; nil if nothing is to be.
    var unsaved: [StoreChange]?
    var uids: [String: ObjectID] = [:]
    /// Owner UID to the objects that name it.
    var dependents: [String: Set<ObjectID>] = [:]
    var collectable: Set<ObjectID> = []
    var subscribers: [GroupResource?: [Int: AsyncStream<Void>.Continuation]] = [:]
    private var nextSubscriber = 0

    init(historyCapacity: Int) { self.historyCapacity = historyCapacity }

    /// A saved state. Watches from before it have expired, as after a compaction of etcd.
    init(historyCapacity: Int, revision: UInt64, objects: [StoreChange]) {
        self.init(historyCapacity: historyCapacity)
        firstRevision = revision
        self.revision = revision
        unsaved = []
        let empty = newTable()
        for saved in objects {
            guard let object = saved.object else { continue }
            tables[saved.resource, default: empty][saved.key] = object
            remember(saved.resource, object)
        }
    }

    mutating func put(
        _ resource: GroupResource, _ key: ObjectKey, _ value: JSONValue, previous: StoredObject?
    ) -> Result<StoredObject, StatusBody> {
        switch stamped(value, resource, key) {
        case .failure(let error): return .failure(error)
        case .success(let object):
            revision = object.revision
            forget(resource, previous)
            let empty = newTable()
            tables[resource, default: empty][key] = object
            unsaved?.append(StoreChange(resource: resource, key: key, object: object))
            remember(resource, object)
            announce(
                resource, StoreEvent(kind: previous == nil ? .added : .modified, object: object, previous: previous))
            return .success(object)
        }
    }

    mutating func remove(
        _ resource: GroupResource, _ current: StoredObject, last: JSONValue?
    ) -> Result<StoredObject, StatusBody> {
        switch stamped(last ?? current.value, resource, current.key) {
        case .failure(let error): return .failure(error)
        case .success(let object):
            revision = object.revision
            tables[resource]?[current.key] = nil
            unsaved?.append(StoreChange(resource: resource, key: current.key))
            forget(resource, current)
            collectable.formUnion(dependents[current.uid] ?? [])
            for owner in current.owners { if let id = uids[owner.uid] { collectable.insert(id) } }
            markNamespace(of: current.key)
            announce(resource, StoreEvent(kind: .deleted, object: object, previous: current))
            return .success(object)
        }
    }

    /// Sets the next revision as resourceVersion and freezes the value.
    private func stamped(
        _ value: JSONValue, _ resource: GroupResource, _ key: ObjectKey
    ) -> Result<StoredObject, StatusBody> {
        var value = value
        value[path: ["metadata", "resourceVersion"]] = JSONValue(String(revision + 1))
        do {
            return .success(StoredObject(key: key, document: try value.document(), revision: revision + 1))
        } catch {
            return .failure(.internalError("\(resource) \"\(key)\" cannot be stored: \(error)"))
        }
    }

    mutating func open(_ resource: GroupResource) {
        if tables[resource] == nil {
            tables[resource] = StoreTable(history: WatchHistory(capacity: historyCapacity, start: revision))
        }
    }

    private func newTable() -> StoreTable {
        StoreTable(history: WatchHistory(capacity: historyCapacity, start: firstRevision))
    }

    private mutating func forget(_ resource: GroupResource, _ object: StoredObject?) {
        guard let object else { return }
        let id = ObjectID(resource: resource, key: object.key)
        if uids[object.uid] == id { uids[object.uid] = nil }
        for owner in object.owners {
            dependents[owner.uid]?.remove(id)
            if dependents[owner.uid]?.isEmpty == true { dependents[owner.uid] = nil }
        }
    }

    private mutating func remember(_ resource: GroupResource, _ object: StoredObject) {
        let id = ObjectID(resource: resource, key: object.key)
        uids[object.uid] = id
        let owners = object.owners
        for owner in owners { dependents[owner.uid, default: []].insert(id) }
        if !owners.isEmpty || object.isTerminating { collectable.insert(id) }
    }

    /// A terminating namespace is looked at again whenever something in it goes.
    private mutating func markNamespace(of key: ObjectKey) {
        guard let namespace = key.namespace else { return }
        let namespaceKey = ObjectKey(namespace: nil, name: namespace)
        if tables[.namespaces]?[namespaceKey]?.isTerminating == true {
            collectable.insert(ObjectID(resource: .namespaces, key: namespaceKey))
        }
    }

    private mutating func announce(_ resource: GroupResource, _ event: StoreEvent) {
        let empty = newTable()
        tables[resource, default: empty].history.append(event)
        for continuation in (subscribers[resource] ?? [:]).values { continuation.yield() }
        for continuation in (subscribers[nil] ?? [:]).values { continuation.yield() }
    }

    mutating func subscribe(_ resource: GroupResource?, _ continuation: AsyncStream<Void>.Continuation) -> Int {
        nextSubscriber += 1
        subscribers[resource, default: [:]][nextSubscriber] = continuation
        return nextSubscriber
    }

    mutating func unsubscribe(_ resource: GroupResource?, _ number: Int) {
        subscribers[resource]?[number] = nil
    }
}
