/// A dictionary that keeps the entries used last and forgets the rest.
///
/// When it is full, the less recently used half goes at once, so that each use costs little.
struct RecentlyUsed<Key: Hashable, Value> {
    private var entries: [Key: (value: Value, use: Int)] = [:]
    private var uses = 0
    let capacity: Int

    init(capacity: Int) { self.capacity = max(2, capacity) }

    var count: Int { entries.count }

    subscript(_ key: Key) -> Value? {
        get { entries[key]?.value }
        set {
            uses += 1
            entries[key] = newValue.map { ($0, uses) }
            if entries.count > capacity { forgetHalf() }
        }
    }

    mutating func replaceValues(_ change: (Value) -> Value) {
        for (key, entry) in entries { entries[key] = (change(entry.value), entry.use) }
    }

    private mutating func forgetHalf() {
        let median = entries.values.map(\.use).sorted()[entries.count / 2]
        entries = entries.filter { $0.value.use >= median }
    }
}

extension RecentlyUsed: Sendable where Key: Sendable, Value: Sendable {}
