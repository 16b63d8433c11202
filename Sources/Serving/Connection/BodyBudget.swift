import Synchronization

/// Bounds the memory that request bodies of all connections take together.
final class BodyBudget: Sendable {
    private let limit: Int
    private let used = Atomic<Int>(0)

    /// A budget of `limit` bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// Takes `count` bytes; false, and nothing taken, when that is more than is left.
    func take(_ count: Int) -> Bool {
        if used.wrappingAdd(count, ordering: .relaxed).newValue <= limit { return true }
        giveBack(count)
        return false
    }

    /// Gives back what was taken.
    func giveBack(_ count: Int) { used.wrappingSubtract(count, ordering: .relaxed) }

    /// How many bytes are taken.
    var inUse: Int { used.load(ordering: .relaxed) }
}
