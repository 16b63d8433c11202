import Synchronization

/// Keeps one copy of each text that many projections share, such as names of nodes and jobs.
///
/// Texts of up to 15 bytes need no memory of their own and are given back as they are. A full pool starts anew: what it
/// gave out stays, only not shared with what comes.
package final class StringPool: Sendable {
    private let limit: Int
    private let texts = Mutex<Set<String>>([])

    /// An empty pool of at most `limit` texts, at least 1.
    package init(limit: Int = 65_536) { self.limit = limit }

    /// The pool's copy of a text.
    package func shared(_ text: String) -> String {
        guard text.utf8.count > 15 else { return text }
        return texts.withLock { texts in
            if texts.count >= limit { texts = [] }
            return texts.insert(text).memberAfterInsert
        }
    }
}
