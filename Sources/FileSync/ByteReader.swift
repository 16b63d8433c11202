import CZlib

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Bytes to be read once, in order.
protocol ByteReader: AnyObject {
    /// At most `count` bytes; empty at the end. Throws ``SyncError``.
    func read(_ count: Int) throws(SyncError) -> [UInt8]
}

extension ByteReader {
    /// Exactly `count` bytes, or an error.
    func readWhole(_ count: Int) throws(SyncError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try read(count - bytes.count)
            guard !more.isEmpty else { throw SyncError(.digest, "the archive ends early; nothing of it was written.") }
            bytes += more
        }
        return bytes
    }
}

/// A file.
final class FileReader: ByteReader {
    private let file: UnsafeMutablePointer<FILE>
    let size: Int
    private let path: String

    init(_ path: String) throws(SyncError) {
        guard let file = fopen(path, "re") else { throw Disk.failure("open", path) }
        self.file = file
        self.path = path
        size = Disk.size(of: path)
    }

    deinit { fclose(file) }

    func read(_ count: Int) throws(SyncError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: min(count, 256 << 10))
        let read = fread(&bytes, 1, bytes.count, file)
        guard read > 0 || ferror(file) == 0 else { throw Disk.failure("read", path) }
        return Array(bytes[..<read])
    }

    /// Goes on at `offset` from the start.
    func seek(_ offset: Int) throws(SyncError) {
        guard offset >= 0, offset <= size, fseek(file, offset, SEEK_SET) == 0 else {
            throw SyncError(.digest, "the archive points outside of itself; nothing of it was written.")
        }
    }
}

/// What zlib makes out of other bytes.
final class Inflater: ByteReader {
    /// What the compressed bytes look like; the raw value is zlib's `windowBits`.
    enum Format: Int32 { case gzip = 31, raw = -15 }

    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let source: any ByteReader
    private let format: Format
    private var input: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    init(_ source: any ByteReader, _ format: Format) throws(SyncError) {
        self.source = source
        self.format = format
        stream.initialize(to: z_stream())
        guard kubedl_inflate_begin(stream, format.rawValue) == Z_OK else {
            throw SyncError(.destination, "zlib cannot be set up: too little memory.")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func read(_ count: Int) throws(SyncError) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: min(count, 256 << 10))
        while !isAtEnd {
            if position == input.count {
                input = try source.read(64 << 10)
                position = 0
                guard !input.isEmpty else { throw broken("ends early") }
            }
            let made = try inflate(into: &output)
            if made > 0 { return Array(output[..<made]) }
        }
        return []
    }

    private func inflate(into output: inout [UInt8]) throws(SyncError) -> Int {
        let capacity = output.count
        let result = output.withUnsafeMutableBufferPointer { output in
            input.withUnsafeMutableBufferPointer { input in
                stream.pointee.next_in = input.baseAddress.map { $0 + position }
                stream.pointee.avail_in = UInt32(input.count - position)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(capacity)
                return CZlib.inflate(stream, Z_NO_FLUSH)
            }
        }
        position = input.count - Int(stream.pointee.avail_in)
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
        let made = capacity - Int(stream.pointee.avail_out)
        switch result {
        case Z_OK, Z_BUF_ERROR: return made
        case Z_STREAM_END:
            try goOn()
            return made
        default: throw broken("is no valid compressed stream")
        }
    }

    /// A gzip file may have several members, one after the other (RFC 1952, section 2.2).
    private func goOn() throws(SyncError) {
        if format == .gzip, position == input.count {
            input = try source.read(64 << 10)
            position = 0
        }
        isAtEnd = format == .raw || input.isEmpty || input[position] != 0x1f
        if !isAtEnd { inflateReset(stream) }
    }

    private func broken(_ reason: String) -> SyncError {
        SyncError(.digest, "the archive \(reason); nothing of it was written.")
    }
}
