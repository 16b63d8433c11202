/// The parts of a request target (RFC 9112 section 3.2).
struct RequestTarget {
    var path: String
    var query: [(String, String)]

    /// Origin form ("/path?query") as well as absolute form ("http://host/path?query").
    init(_ target: String) {
        var rest = Substring(target)
        if !rest.utf8.starts(with: "/".utf8), let scheme = rest.firstRange(of: "://") {
            let afterAuthority = rest[scheme.upperBound...].drop { $0 != "/" && $0 != "?" }
            rest = afterAuthority.first == "/" ? afterAuthority : "/" + afterAuthority
        }
        guard let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            path = String(rest)
            query = []
            return
        }
        path = String(rest[..<mark])
        query = PercentEncoding.query(rest[rest.utf8.index(after: mark)...])
    }
}

extension Substring {
    /// The first occurrence of `text`, compared byte by byte.
    fileprivate func firstRange(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].utf8.starts(with: text.utf8) {
                return start..<utf8.index(start, offsetBy: text.utf8.count)
            }
            start = utf8.index(after: start)
        }
        return nil
    }
}

/// Percent-encoding of URLs (RFC 3986 section 2.1).
package enum PercentEncoding {
    /// Decodes "%41"; what is not two hexadecimal digits after "%" stays as it is. Bytes that are not UTF-8 become
    /// U+FFFD.
    package static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
        let source = text.utf8
        guard source.contains(where: { $0 == UInt8(ascii: "%") || (plusIsSpace && $0 == UInt8(ascii: "+")) }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        var index = source.startIndex
        while index < source.endIndex {
            let byte = source[index]
            index = source.index(after: index)
            if byte == UInt8(ascii: "%"), let high = digit(source, index),
                let low = digit(source, source.index(after: index))
            {
                bytes.append(high << 4 | low)
                index = source.index(index, offsetBy: 2)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// "a=1&b" as pairs, decoded; empty pieces are skipped.
    static func query(_ text: Substring) -> [(String, String)] {
        text.split(separator: "&").map { piece in
            let name = piece.prefix { $0 != "=" }
            let value = piece.dropFirst(name.count + 1)
            return (decode(name, plusIsSpace: true), decode(value, plusIsSpace: true))
        }
    }

    private static func digit<View: Collection<UInt8>>(_ view: View, _ index: View.Index) -> UInt8? {
        guard index < view.endIndex else { return nil }
        switch view[index] {
        case let byte where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte): return byte - UInt8(ascii: "0")
        case let byte where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte): return byte - UInt8(ascii: "a") + 10
        case let byte where (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte): return byte - UInt8(ascii: "A") + 10
        default: return nil
        }
    }
}
