/// Collects header lines as libcurl hands them over and says when the head of the final response is complete.
///
/// libcurl also reports the heads of interim (1xx) and redirect responses and
/// trailers after the body; only the last head before the body counts.
struct ResponseHeadParser {
    /// What a line changed.
    enum Step: Equatable { case more, complete, failed(String) }

    /// The most bytes of one response's head: as much as most servers allow for a request's.
    static let maximumBytes = 256 << 10

    private(set) var status = 0
    private(set) var headers = HTTPHeaders()
    private var byteCount = 0
    /// Whether a status line was read, but not the empty line that ends its head.
    private(set) var isOpen = false

    /// The head as read so far, or `nil` before a status line.
    var head: HTTPHead? { status == 0 ? nil : HTTPHead(status: status, headers: headers) }

    /// Takes one line with its line break.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Step {
        let text = Self.trimmed(line[...])
        if !isOpen { return Self.isStatusLine(text) ? open(text) : .more }
        byteCount += line.count
        guard byteCount <= Self.maximumBytes else { return .failed("the header fields exceed 256 KiB") }
        if text.isEmpty {
            isOpen = false
            return status < 200 ? .more : .complete
        }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return .more }
        headers.append(Self.string(text[..<colon]), Self.string(text[text.index(after: colon)...]))
        return .more
    }

    private mutating func open(_ line: Slice<UnsafeRawBufferPointer>) -> Step {
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard parts.count >= 2, let code = Int(Self.string(parts[1])), (100...999).contains(code) else {
            return .failed("the status line \"\(Self.string(line.prefix(80)))\" is not HTTP")
        }
        status = code
        headers = HTTPHeaders()
        byteCount = line.count
        isOpen = true
        return .more
    }

    private static func isStatusLine(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
        line.starts(with: "HTTP/".utf8)
    }

    private static func string(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: trimmed(bytes), as: UTF8.self)
    }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d || $0 == 0x0a }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return bytes[bytes.startIndex..<bytes.startIndex] }
        return bytes[first...last]
    }
}
