internal import JSON
internal import KubernetesModel

/// What an informer holds: for each object its projection and version, and how far it has read. Pure.
struct InformerStore<Projection: Sendable>: Sendable {
    /// An object as kept.
    struct Entry: Sendable {
        /// What was made of it, or why nothing could be made of it.
        var projection: Result<Projection, ProjectionFailure>
        var resourceVersion: String
        var uid: String
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
        var uid: String
        var resourceVersion: String

        init(_ object: JSONView) {
            let metadata = ObjectMeta(of: object)
            key = metadata.key
            uid = metadata.uid
            resourceVersion = metadata.resourceVersion
        }
    }

    private(set) var entries: [ObjectKey: Entry] = [:]
    /// The version up to which everything is known; empty before the first list.
    private(set) var resourceVersion = ""
    private(set) var hasSynced = false

    /// Whether an object of a list or of an event ADDED or MODIFIED says anything new. The state that is known, or an
    /// older one of the same object, does not.
    func isNews(_ object: Identity) -> Bool {
        guard !object.key.name.isEmpty else { return false }
        guard let known = entries[object.key], known.uid == object.uid else { return true }
        if known.resourceVersion == object.resourceVersion && !object.resourceVersion.isEmpty { return false }
        return !Self.isOlder(object.resourceVersion, than: known.resourceVersion)
    }

    /// Takes what was made of an object that is news.
    mutating func put(_ object: Identity, _ projection: Result<Projection, ProjectionFailure>) -> Change {
        let old = entries[object.key]?.value
        entries[object.key] = Entry(
            projection: projection, resourceVersion: object.resourceVersion, uid: object.uid)
        return Change(key: object.key, old: old, new: projection.value)
    }

    /// Takes an event DELETED. A deletion that came before what is known is ignored.
    mutating func remove(_ object: JSONView) -> Change? {
        let metadata = ObjectMeta(of: object)
        guard let known = entries[metadata.key] else { return nil }
        if Self.isOlder(metadata.resourceVersion, than: known.resourceVersion) { return nil }
        return remove(metadata.key)
    }

    private mutating func remove(_ key: ObjectKey) -> Change? {
        entries.removeValue(forKey: key).map { Change(key: key, old: $0.value, new: nil) }
    }

    /// Ends a list: whatever it did not contain is gone.
    mutating func finishList(containing keys: Set<ObjectKey>, version: String) -> [Change] {
        let gone = entries.keys.filter { !keys.contains($0) }
        resourceVersion = version
        hasSynced = true
        return gone.compactMap { remove($0) }
    }

    /// Notes how far a watch has come.
    mutating func advance(to version: String) {
        guard !version.isEmpty, !Self.isOlder(version, than: resourceVersion) else { return }
        resourceVersion = version
    }

    /// Forgets all versions, so that a server that counts from anew is believed.
    mutating func forgetVersions() {
        resourceVersion = ""
        for key in Array(entries.keys) { entries[key]?.resourceVersion = "" }
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
