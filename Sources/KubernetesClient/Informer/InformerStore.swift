internal import JSON
internal import KubernetesModel

/// What an informer holds: for each object its projection and version, and how far it has read. Pure.
struct InformerStore<Projection: Sendable>: Sendable {
    /// An object as kept.
    struct Entry: Sendable {
        /// What was made of it, or why nothing could be made of it.
        var projection: Result<Projection, ProjectionFailure>
        var resourceVersion: String
        /// The hash of the object's UID: half the memory of a short string, and a tenth of a UID's.
        var uid: Int
        /// The last list that contained it, or during which it came.
        var list: UInt32
    }

    /// A change for whoever listens. A value of `nil` means that there is no readable object.
    struct Change: Sendable {
        var key: ObjectKey
        var old: Projection?
        var new: Projection?
    }

    /// What identifies a state of an object.
    struct Identity: Sendable {
        var key: ObjectKey
        var uid: Int
        var resourceVersion: String

        init(_ object: JSONView) {
            let metadata = ObjectMeta(of: object)
            key = metadata.key
            uid = metadata.uid.hashValue
            resourceVersion = metadata.resourceVersion
        }
    }

    /// Where each object stands in ``entries``. Hashing keeps up to two thirds of its places empty, so those are small.
    private var places: [ObjectKey: UInt32] = [:]
    /// The objects; places of those that went are `nil` until others take them.
    private var entries: [Entry?] = []
    private var free: [UInt32] = []
    /// Namespaces are few; all keys share their text.
    private var namespaces: Set<String> = []
    private var list: UInt32 = 0
    /// The version up to which everything is known; empty before the first list.
    private(set) var resourceVersion = ""
    private(set) var hasSynced = false

    /// How many objects there are.
    var count: Int { places.count }

    subscript(_ key: ObjectKey) -> Entry? { places[key].flatMap { entries[Int($0)] } }

    /// What `body` makes of each object, where that is something.
    func compactMap<Value>(_ body: (Entry) -> Value?) -> [ObjectKey: Value] {
        places.compactMapValues { entries[Int($0)].flatMap(body) }
    }

    /// All projections, in no order.
    var values: [Projection] { entries.compactMap { $0?.value } }

    /// Whether an object of a list or of an event ADDED or MODIFIED says anything new. The state that is known, or an
    /// older one of the same object, does not.
    mutating func isNews(_ object: Identity) -> Bool {
        guard !object.key.name.isEmpty else { return false }
        guard let place = places[object.key], let known = entries[Int(place)] else { return true }
        entries[Int(place)]?.list = list
        if known.uid != object.uid { return true }
        if known.resourceVersion == object.resourceVersion && !object.resourceVersion.isEmpty { return false }
        return !Self.isOlder(object.resourceVersion, than: known.resourceVersion)
    }

    /// Takes what was made of an object that is news.
    mutating func put(_ object: Identity, _ projection: Result<Projection, ProjectionFailure>) -> Change {
        let entry = Entry(
            projection: projection, resourceVersion: object.resourceVersion, uid: object.uid, list: list)
        if let place = places[object.key] {
            let old = entries[Int(place)]?.value
            entries[Int(place)] = entry
            return Change(key: object.key, old: old, new: projection.value)
        }
        var key = object.key
        key.namespace = key.namespace.map { namespaces.insert($0).memberAfterInsert }
        if let place = free.popLast() {
            entries[Int(place)] = entry
            places[key] = place
        } else {
            places[key] = UInt32(entries.count)
            entries.append(entry)
        }
        return Change(key: key, old: nil, new: projection.value)
    }

    /// Takes an event DELETED. A deletion that came before what is known is ignored.
    mutating func remove(_ object: JSONView) -> Change? {
        let identity = Identity(object)
        guard let known = self[identity.key] else { return nil }
        if Self.isOlder(identity.resourceVersion, than: known.resourceVersion) { return nil }
        return remove(identity.key)
    }

    private mutating func remove(_ key: ObjectKey) -> Change? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        let old = entries[Int(place)]?.value
        entries[Int(place)] = nil
        free.append(place)
        return Change(key: key, old: old, new: nil)
    }

    /// Begins a list, or begins it anew.
    mutating func beginList() { list &+= 1 }

    /// Ends a list: whatever did not come since its beginning is gone.
    mutating func finishList(version: String) -> [Change] {
        let gone = places.filter { entries[Int($0.value)]?.list != list }
        resourceVersion = version
        hasSynced = true
        return gone.keys.compactMap { remove($0) }
    }

    /// Notes how far a watch has come.
    mutating func advance(to version: String) {
        guard !version.isEmpty, !Self.isOlder(version, than: resourceVersion) else { return }
        resourceVersion = version
    }

    /// Forgets all versions, so that a server that counts from anew is believed.
    mutating func forgetVersions() {
        resourceVersion = ""
        for place in entries.indices { entries[place]?.resourceVersion = "" }
    }

    /// Whether one version certainly comes before another. Versions of one resource are numbers that grow (KEP-5504);
    /// any others do not compare.
    static func isOlder(_ version: String, than other: String) -> Bool {
        guard let left = UInt64(version), let right = UInt64(other) else { return false }
        return left < right
    }
}

/// Why an object could not be projected.
package struct ProjectionFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The reason in words.
    package var reason: String
    /// The reason.
    package var description: String { reason }
}

extension InformerStore.Entry {
    var value: Projection? { projection.value }
}

extension Result {
    fileprivate var value: Success? { try? get() }
}
