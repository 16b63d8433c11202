import KubernetesModel

/// The objects of one resource, by key and in the order of their keys, and how they came to be.
struct StoreTable: Sendable {
    private(set) var objects: [ObjectKey: StoredObject] = [:]
    /// Sorted: namespace first, then name, as etcd sorts its keys.
    private var keys: [ObjectKey] = []
    var history: WatchHistory

    init(history: WatchHistory) { self.history = history }

    /// An object; nil takes it away.
    subscript(key: ObjectKey) -> StoredObject? {
        get { objects[key] }
        set {
            let place = keys.place(of: key)
            switch (newValue, objects[key]) {
            case (_?, nil): keys.insert(key, at: place)
            case (nil, _?): keys.remove(at: place)
            default: break
            }
            objects[key] = newValue
        }
    }

    /// The objects of a namespace, or all, in order.
    func list(_ namespace: String?) -> [StoredObject] { keys(of: namespace).compactMap { objects[$0] } }

    /// Whether there is an object in a namespace.
    func holds(_ namespace: String) -> Bool { !keys(of: namespace).isEmpty }

    private func keys(of namespace: String?) -> ArraySlice<ObjectKey> {
        guard let namespace else { return keys[...] }
        return keys[keys.place(of: ObjectKey(namespace: namespace, name: ""))...].prefix { $0.namespace == namespace }
    }
}

extension [ObjectKey] {
    /// The index of the first key that is not below `key`.
    fileprivate func place(of key: ObjectKey) -> Int {
        // Most come in order.
        if let last, last < key { return count }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
