import JSON

/// The last changes of one resource, oldest first; bounded in number and in bytes.
struct WatchHistory: Sendable {
    /// Most bytes of the objects of all changes, so that changes of large objects do not fill the memory.
    private static let largestSize = 64 << 20

    private var events: [StoreEvent] = []
    private let capacity: Int
    private var size = 0
    /// Revision of the newest event that was dropped; watches from before it have expired.
    private(set) var droppedRevision: UInt64

    /// A history that keeps at least `capacity` events unless they are large. Watches from before `start` are refused.
    init(capacity: Int, start: UInt64) {
        self.capacity = capacity
        droppedRevision = start
    }

    mutating func append(_ event: StoreEvent) {
        events.append(event)
        size += event.object.json.raw.count
        if events.count >= 2 * capacity { drop(events.count - capacity) }
        if size > Self.largestSize, events.count > 1 { drop(events.count / 2) }
    }

    private mutating func drop(_ count: Int) {
        droppedRevision = events[count - 1].revision
        size -= events[..<count].reduce(0) { $0 + $1.object.json.raw.count }
        events.removeFirst(count)
    }

    /// Events with a revision above `revision`, at most `limit`; nil if some of them were dropped.
    func events(after revision: UInt64, limit: Int) -> ArraySlice<StoreEvent>? {
        guard revision >= droppedRevision else { return nil }
        var low = 0
        var high = events.count
        while low < high {
            let middle = (low + high) / 2
            if events[middle].revision <= revision { low = middle + 1 } else { high = middle }
        }
        return events[low...].prefix(limit)
    }
}
