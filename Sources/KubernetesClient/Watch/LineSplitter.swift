/// Cuts a stream of bytes into lines of limited length.
struct LineSplitter {
    private var pending: [UInt8] = []
    private var start = 0
    private var searched = 0
    let maximumBytes: Int

    /// Thrown for a line that is longer than allowed.
    struct TooLong: Error {}

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// How many bytes of a line have come whose end has not.
    var partialBytes: Int { pending.count - start }

    mutating func append(_ chunk: [UInt8]) {
        if start == pending.count {
            pending = chunk
            searched = 0
        } else {
            pending.removeFirst(start)
            pending += chunk
            searched -= start
        }
        start = 0
    }

    /// The next whole line without its line break; `nil` when more bytes are needed. Empty lines are left out.
    mutating func next() throws(TooLong) -> [UInt8]? {
        while let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = pending[start..<end]
            start = end + 1
            searched = start
            guard line.count <= maximumBytes else { throw TooLong() }
            if line.contains(where: { $0 != 0x20 && $0 != 0x0d && $0 != 0x09 }) { return Array(line) }
        }
        searched = pending.count
        guard partialBytes <= maximumBytes else { throw TooLong() }
        return nil
    }
}
