import CZlib

/// Reads a zip file by its central directory. Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3 (ZIP64).
struct ZipReader {
    private let file: FileReader
    private static let maximumDirectory = 256 << 20

    private struct Entry {
        var name: String
        var method: Int
        var flags: Int
        var crc: Int
        var compressed: Int
        var size: Int
        var offset: Int
        var mode: Int
    }

    init(_ file: FileReader) { self.file = file }

    static let broken = SyncError(.digest, "the archive is no valid zip; nothing of it was written.")

    /// Hands all entries to `writer`. Throws ``SyncError`` with `digest` for what is no zip or not allowed.
    func unpack(into writer: ArchiveWriter) throws(SyncError) {
        for entry in try directory() { try add(entry, to: writer) }
    }

    private func add(_ entry: Entry, to writer: ArchiveWriter) throws(SyncError) {
        if entry.name.hasSuffix("/") { return try writer.addFolder(entry.name) }
        guard entry.flags & 0x2041 == 0 else { throw ArchiveWriter.refused(entry.name, "is encrypted") }
        let content = try content(of: entry)
        switch entry.mode & 0o170000 {
        case 0, 0o100000:
            var checksum = crc32(0, nil, 0)
            var left = entry.size
            try writer.addFile(entry.name, isExecutable: entry.mode & 0o100 != 0) { () throws(SyncError) in
                // One more than is left, so that a longer stream shows.
                let piece = try content.read(max(1, left))
                left -= piece.count
                guard left >= 0, !(piece.isEmpty && left > 0) else { throw Self.broken }
                checksum = crc32(checksum, piece, UInt32(piece.count))
                return piece
            }
            guard Int(checksum) == entry.crc else { throw ArchiveWriter.refused(entry.name, "is damaged") }
        case 0o120000:
            guard entry.size <= 4096 else { throw Self.broken }
            let target = try content.readWhole(entry.size)
            try writer.addLink(entry.name, to: String(decoding: target, as: UTF8.self))
        default: throw ArchiveWriter.refused(entry.name, "is a device, pipe or of an unknown kind")
        }
    }

    private func content(of entry: Entry) throws(SyncError) -> any ByteReader {
        try file.seek(entry.offset)
        let header = try file.readWhole(30)
        guard Self.number(header[0..<4]) == 0x0403_4b50 else { throw Self.broken }
        try file.seek(entry.offset + 30 + Self.number(header[26..<28]) + Self.number(header[28..<30]))
        let stored = LimitedReader(file, entry.compressed)
        switch entry.method {
        case 0: return stored
        case 8: return try Inflater(stored, .raw)
        default: throw ArchiveWriter.refused(entry.name, "is compressed by method \(entry.method); known are 0 and 8")
        }
    }

    private func directory() throws(SyncError) -> [Entry] {
        let (count, size, offset) = try end()
        guard size <= Self.maximumDirectory, count <= size / 46 else { throw Self.broken }
        try file.seek(offset)
        var bytes = try file.readWhole(size)[...]
        var entries: [Entry] = []
        for _ in 0..<count {
            guard bytes.count >= 46 else { throw Self.broken }
            let header = Array(bytes.prefix(46))
            let lengths = [28, 30, 32].map { Self.number(header[$0..<($0 + 2)]) }
            guard Self.number(header[0..<4]) == 0x0201_4b50, bytes.count >= 46 + lengths.reduce(0, +) else {
                throw Self.broken
            }
            let rest = bytes.dropFirst(46)
            let isUnix = header[5] == 3
            var entry = Entry(
                name: String(decoding: rest.prefix(lengths[0]), as: UTF8.self), method: Self.number(header[10..<12]),
                flags: Self.number(header[8..<10]), crc: Self.number(header[16..<20]),
                compressed: Self.number(header[20..<24]), size: Self.number(header[24..<28]),
                offset: Self.number(header[42..<46]), mode: isUnix ? Self.number(header[40..<42]) : 0)
            try Self.widen(&entry, Array(rest.dropFirst(lengths[0]).prefix(lengths[1])))
            entries.append(entry)
            bytes = rest.dropFirst(lengths.reduce(0, +))
        }
        return entries
    }

    /// Takes sizes and offset from the ZIP64 field where the old ones are full.
    private static func widen(_ entry: inout Entry, _ extra: [UInt8]) throws(SyncError) {
        var rest = extra[...]
        while rest.count >= 4 {
            let header = Array(rest.prefix(4))
            let length = number(header[2..<4])
            var field = Array(rest.dropFirst(4).prefix(length))[...]
            if number(header[0..<2]) == 1 {
                for path in [\Entry.size, \Entry.compressed, \Entry.offset] where entry[keyPath: path] == 0xffff_ffff {
                    guard field.count >= 8 else { throw broken }
                    entry[keyPath: path] = number(field.prefix(8))
                    field = field.dropFirst(8)
                }
            }
            rest = rest.dropFirst(4 + length)
        }
        guard [entry.size, entry.compressed, entry.offset].allSatisfy({ (0..<(1 << 50)).contains($0) }) else {
            throw broken
        }
    }

    /// The directory's entries, size and offset.
    private func end() throws(SyncError) -> (Int, Int, Int) {
        let length = min(file.size, 22 + 65_535)
        try file.seek(file.size - length)
        let tail = try file.readWhole(length)
        guard length >= 22,
            let start = stride(from: length - 22, through: 0, by: -1).first(where: {
                Self.number(tail[$0..<($0 + 4)]) == 0x0605_4b50
                    && $0 + 22 + Self.number(tail[($0 + 20)..<($0 + 22)]) == length
            })
        else { throw Self.broken }
        let end = Array(tail[start..<(start + 22)])
        let old = (Self.number(end[10..<12]), Self.number(end[12..<16]), Self.number(end[16..<20]))
        guard old.0 == 0xffff || old.1 == 0xffff_ffff || old.2 == 0xffff_ffff, start >= 20 else { return old }
        let locator = Array(tail[(start - 20)..<start])
        guard Self.number(locator[0..<4]) == 0x0706_4b50 else { return old }
        try file.seek(Self.number(locator[8..<16]))
        let wide = try file.readWhole(56)
        guard Self.number(wide[0..<4]) == 0x0606_4b50 else { throw Self.broken }
        return (Self.number(wide[32..<40]), Self.number(wide[40..<48]), Self.number(wide[48..<56]))
    }

    /// A little-endian number; one that does not fit is negative.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        Int(truncatingIfNeeded: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}

/// The first bytes of other ones.
private final class LimitedReader: ByteReader {
    private let source: any ByteReader
    private var left: Int

    init(_ source: any ByteReader, _ count: Int) {
        self.source = source
        left = count
    }

    func read(_ count: Int) throws(SyncError) -> [UInt8] {
        guard left > 0, count > 0 else { return [] }
        let bytes = try source.read(min(left, count))
        left -= bytes.count
        return bytes
    }
}
