/// The last changes of one resource, oldest first; bounded.
struct WatchHistory: Sendable {
    private var events: [StoreEvent] = []
    private let capacity: Int
    /// Revision of the newest event that was dropped; watches from before it have expired.
    private(set) var droppedRevision: UInt64

    /// A history that keeps at least `capacity` events. Watches from before `start` are refused.
    init(capacity: Int, start: UInt64) {
        self.capacity = capacity
        droppedRevision = start
    }

    mutating func append(_ event: StoreEvent) {
        events.append(event)
        guard events.count >= 2 * capacity else { return }
        let dropped = events.count - capacity
        droppedRevision = events[dropped - 1].revision
        events.removeFirst(dropped)
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
