internal import KubernetesModel

/// Turns lines of the CRI log format into what `kubectl logs` shows: the text, with times where asked, from a moment on.
struct LogFormatter: Sendable {
    /// Whether each line starts with its time.
    var showsTimestamps: Bool
    /// Lines written before are left out; nil for none.
    var since: Timestamp?

    private var pending: [UInt8] = []
    private var isInsideLine = false

    /// A formatter with these wishes.
    init(showsTimestamps: Bool = false, since: Timestamp? = nil) {
        self.showsTimestamps = showsTimestamps
        self.since = since
    }

    /// The text of the lines that are complete with `bytes`.
    mutating func take(_ bytes: some Collection<UInt8>) -> [UInt8] {
        pending += bytes
        var text: [UInt8] = []
        var start = 0
        while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
            append(pending[start..<end], to: &text)
            start = end + 1
        }
        pending.removeFirst(start)
        return text
    }

    private mutating func append(_ line: ArraySlice<UInt8>, to text: inout [UInt8]) {
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return }
        let time = String(decoding: parts[0], as: UTF8.self)
        if let since, let written = Timestamp(time), written < since { return }
        if showsTimestamps, !isInsideLine { text += Array(parts[0]) + [UInt8(ascii: " ")] }
        text += parts[3]
        isInsideLine = parts[2].elementsEqual([UInt8(ascii: "P")])
        if !isInsideLine { text.append(UInt8(ascii: "\n")) }
    }

    /// The position after which the last `count` lines of a log in the CRI format begin.
    static func startOfTail(_ log: [UInt8], lines count: Int) -> Int {
        guard count > 0 else { return log.count }
        var found = 0
        var index = log.count
        while index > 0 {
            let previous = log[..<(index - 1)].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            let tag = log[previous..<index].split(separator: UInt8(ascii: " "), maxSplits: 3).dropFirst(2).first
            // The last part of a line is tagged F, so counting those counts lines; its earlier parts come before it.
            if tag?.elementsEqual([UInt8(ascii: "F")]) ?? true {
                if found == count { return index }
                found += 1
            }
            index = previous
        }
        return 0
    }
}
