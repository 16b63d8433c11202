/// Reads a tar stream. Source: POSIX pax interchange format (IEEE 1003.1 pax), and GNU's long names.
struct TarReader {
    private let source: any ByteReader
    private static let block = 512
    /// The most bytes of a long name or of pax records.
    private static let maximumMetadata = 1 << 20

    /// What a header, and those before it that only describe it, says.
    private struct Header {
        var name = ""
        var target = ""
        var size = 0
        var mode = 0
        var type = UInt8(ascii: "0")
    }

    init(_ source: any ByteReader) { self.source = source }

    /// Hands all entries to `writer`. Throws ``SyncError`` with `digest` for what is no tar or not allowed.
    func unpack(into writer: ArchiveWriter) throws(SyncError) {
        var name: String?
        var target: String?
        var size: Int?
        while var header = try next() {
            switch header.type {
            case UInt8(ascii: "L"): name = Self.text(try metadata(header)[...])
            case UInt8(ascii: "K"): target = Self.text(try metadata(header)[...])
            case UInt8(ascii: "x"):
                for (key, value) in try Self.records(try metadata(header)) {
                    switch key {
                    case "path": name = value
                    case "linkpath": target = value
                    case "size":
                        size = Int(value)
                        if size == nil { throw Self.broken }
                    case let key where key.hasPrefix("GNU.sparse"):
                        throw ArchiveWriter.refused(name ?? header.name, "is a sparse file")
                    default: break
                    }
                }
            case UInt8(ascii: "g"): _ = try metadata(header)
            default:
                header.name = name ?? header.name
                header.target = target ?? header.target
                header.size = size ?? header.size
                try add(header, to: writer)
                (name, target, size) = (nil, nil, nil)
            }
        }
    }

    private func add(_ header: Header, to writer: ArchiveWriter) throws(SyncError) {
        switch header.type {
        case UInt8(ascii: "0"), 0, UInt8(ascii: "7"):
            // Before POSIX, a name with a slash at its end was a folder.
            if header.name.hasSuffix("/") { return try writer.addFolder(header.name) }
            var left = header.size
            try writer.addFile(header.name, isExecutable: header.mode & 0o100 != 0) { () throws(SyncError) in
                guard left > 0 else { return [] }
                let piece = try source.read(left)
                guard !piece.isEmpty else { throw Self.broken }
                left -= piece.count
                return piece
            }
            try skipPadding(header.size)
        case UInt8(ascii: "5"): try writer.addFolder(header.name)
        case UInt8(ascii: "2"): try writer.addLink(header.name, to: header.target)
        case UInt8(ascii: "1"): try writer.addHardLink(header.name, to: header.target)
        default: throw ArchiveWriter.refused(header.name, "is a device, pipe or of an unknown kind")
        }
    }

    /// The next header; nil at the end, which is a block of zeros.
    private func next() throws(SyncError) -> Header? {
        let block = try source.readWhole(Self.block)
        if block.allSatisfy({ $0 == 0 }) { return nil }
        let sum = block.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int(block[$1])) }
        guard try Self.number(block[148..<156]) == sum else { throw Self.broken }
        var header = Header()
        header.name = Self.text(block[0..<100])
        if Array(block[257..<262]) == Array("ustar".utf8), block[345] != 0, block[262] == 0 {
            header.name = Self.text(block[345..<500]) + "/" + header.name
        }
        header.mode = try Self.number(block[100..<108])
        header.type = block[156]
        let hasContent = !(UInt8(ascii: "1")...UInt8(ascii: "6")).contains(header.type)
        header.size = hasContent ? try Self.number(block[124..<136]) : 0
        header.target = Self.text(block[157..<257])
        return header
    }

    private func metadata(_ header: Header) throws(SyncError) -> [UInt8] {
        guard header.size <= Self.maximumMetadata else { throw Self.broken }
        let bytes = try source.readWhole(header.size)
        try skipPadding(header.size)
        return bytes
    }

    private func skipPadding(_ size: Int) throws(SyncError) {
        _ = try source.readWhole((Self.block - size % Self.block) % Self.block)
    }

    static let broken = SyncError(.digest, "the archive is no valid tar; nothing of it was written.")

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// An octal number, or GNU's base 256 for large ones.
    private static func number(_ bytes: ArraySlice<UInt8>) throws(SyncError) -> Int {
        if let first = bytes.first, first & 0x80 != 0 {
            guard first == 0x80, bytes.dropFirst().prefix(bytes.count - 8).allSatisfy({ $0 == 0 }) else { throw broken }
            let value = bytes.suffix(7).reduce(0) { $0 << 8 | Int($1) }
            guard value < 1 << 50 else { throw broken }
            return value
        }
        let digits = bytes.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
        if digits.isEmpty { return 0 }
        guard let value = Int(String(decoding: digits, as: UTF8.self), radix: 8), value >= 0 else { throw broken }
        return value
    }

    /// `length key=value\n`, one after the other.
    private static func records(_ bytes: [UInt8]) throws(SyncError) -> [(String, String)] {
        var records: [(String, String)] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0 != 32 }
            guard digits.count < 10, let length = Int(String(decoding: digits, as: UTF8.self)),
                length > digits.count + 1, length <= rest.count
            else { throw broken }
            let record = rest.prefix(length).dropFirst(digits.count + 1)
            guard record.last == 10, let equals = record.firstIndex(of: UInt8(ascii: "=")) else { throw broken }
            records.append(
                (
                    String(decoding: record[..<equals], as: UTF8.self),
                    String(decoding: record[(equals + 1)...].dropLast(), as: UTF8.self)
                ))
            rest = rest.dropFirst(length)
        }
        return records
    }
}
