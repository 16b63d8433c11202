/// The text of a document and its tape. Immutable, shared by all views into it.
final class JSONStorage: Sendable {
    let bytes: [UInt8]
    let tape: [UInt64]

    init(bytes: [UInt8], tape: [UInt64]) {
        self.bytes = bytes
        self.tape = tape
    }
}

/// A validated JSON text with an index of its values. Cheap to copy.
///
/// Nothing is decoded until somebody reads it, see ``JSONView``.
package struct JSONDocument: Sendable {
    let storage: JSONStorage
    let rootIndex: Int

    /// Reads a text as RFC 8259 and UTF-8 define it, without extensions.
    ///
    /// Of members with the same name the last counts. Throws ``JSONError`` with the byte offset of the first problem.
    package init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        guard bytes.count <= limits.maximumBytes else {
            throw JSONError(
                .tooLarge, offset: limits.maximumBytes,
                "the text has \(bytes.count) bytes, at most \(limits.maximumBytes) are allowed")
        }
        storage = JSONStorage(bytes: bytes, tape: try JSONDocument.tape(of: bytes, depth: limits.maximumDepth))
        rootIndex = 0
    }

    /// Reads the text of a string; see ``init(parsing:limits:)``.
    package init(parsing text: String, limits: JSONLimits = .default) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    init(storage: JSONStorage, rootIndex: Int) {
        self.storage = storage
        self.rootIndex = rootIndex
    }

    /// The value of the whole document.
    package var root: JSONView { JSONView(storage: storage, index: rootIndex) }

    /// The text as it was given; for a part of another document, the text of that part.
    package var bytes: [UInt8] { rootIndex == 0 ? storage.bytes : Array(root.raw) }

    /// The text as it was given, as a string.
    package var text: String { String(decoding: rootIndex == 0 ? storage.bytes[...] : root.raw, as: UTF8.self) }

    /// Bytes that the document keeps alive: its text and its tape.
    package var memoryInBytes: Int { storage.bytes.capacity + storage.tape.count * MemoryLayout<UInt64>.stride }

    /// Tapes below this many entries are trimmed to their size; the rest of a larger one is never touched, and so never
    /// becomes resident.
    private static let trimmedEntries = 1 << 17

    private static func tape(of bytes: [UInt8], depth: Int) throws(JSONError) -> [UInt64] {
        // Kubernetes objects have a value in every 9 to 14 bytes.
        var attempt = build(bytes, capacity: bytes.count / 5 + 16, depth: depth)
        if let failure = attempt.failure { throw failure }
        if attempt.needed > attempt.tape.count {
            attempt = build(bytes, capacity: attempt.needed, depth: depth)
            if let failure = attempt.failure { throw failure }
        }
        guard attempt.needed < trimmedEntries else { return attempt.tape }
        return attempt.tape.withUnsafeBufferPointer { Array($0) }
    }

    private static func build(_ bytes: [UInt8], capacity: Int, depth: Int) -> (
        tape: [UInt64], needed: Int, failure: JSONError?
    ) {
        var needed = 0
        var failure: JSONError?
        let tape = [UInt64](unsafeUninitializedCapacity: capacity) { entries, count in
            bytes.withUnsafeBytes { text in
                withUnsafeTemporaryAllocation(of: TapeBuilder.Frame.self, capacity: depth) { frames in
                    (needed, failure) = TapeBuilder.run(text, tape: entries, frames: frames)
                    count = min(needed, entries.count)
                }
            }
        }
        return (tape, needed, failure)
    }
}
