/// Turns pieces of output into lines of the CRI log format: `<time> stdout F <text>`, with `P` for a line that is written
/// in parts because it is longer than a limit. Source: kubernetes CRI logging design, kubelet `parseCRILog`.
struct LogLineSplitter: Sendable {
    /// The longest part of a line, in bytes.
    static let maximumPart = 16 << 10

    private var pending: [OutputStreamName: [UInt8]] = [:]

    /// The lines that are complete with `bytes`, each with its final newline.
    mutating func take(_ bytes: [UInt8], stream: OutputStreamName, time: String) -> [UInt8] {
        var lines: [UInt8] = []
        var rest = pending[stream, default: []]
        var position = bytes.startIndex
        while position < bytes.endIndex {
            let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n"))
            let room = Self.maximumPart - rest.count
            let limit = min(end ?? bytes.endIndex, position + room)
            rest += bytes[position..<limit]
            position = limit
            if limit == end {
                lines += Self.line(rest, stream, "F", time)
                rest = []
                position += 1
            } else if rest.count >= Self.maximumPart {
                lines += Self.line(rest, stream, "P", time)
                rest = []
            }
        }
        pending[stream] = rest
        return lines
    }

    /// What is left without a final newline.
    mutating func finish(time: String) -> [UInt8] {
        defer { pending = [:] }
        return [OutputStreamName.out, .error].reduce(into: []) { lines, stream in
            if let rest = pending[stream], !rest.isEmpty { lines += Self.line(rest, stream, "F", time) }
        }
    }

    private static func line(_ text: [UInt8], _ stream: OutputStreamName, _ tag: String, _ time: String) -> [UInt8] {
        Array("\(time) \(stream.rawValue) \(tag) ".utf8) + text + [UInt8(ascii: "\n")]
    }
}
