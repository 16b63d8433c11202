#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that grows over several attempts.
final class PartialFile {
    private var file: UnsafeMutablePointer<FILE>?
    private let path: String

    /// Opens the file, or makes it. Throws ``SyncError`` with `destination`.
    init(_ path: String) throws(SyncError) {
        self.path = path
        file = fopen(path, "a+e")
        guard file != nil else { throw Disk.failure("open", path) }
    }

    deinit { if let file { fclose(file) } }

    /// Reads what is there from the start, piece by piece.
    func readAll(_ body: ([UInt8]) throws -> Void) throws {
        guard let file else { return }
        rewind(file)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            try body(Array(buffer[..<count]))
        }
        guard ferror(file) == 0 else { throw Disk.failure("read", path) }
    }

    /// Adds bytes at the end. Throws ``SyncError`` with `destination`.
    func append(_ bytes: [UInt8]) throws(SyncError) {
        guard let file, fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Disk.failure("write", path) }
    }

    /// Ends the file; the bytes are on the disk. Throws ``SyncError`` with `destination`.
    func close() throws(SyncError) {
        guard let file else { return }
        let isWritten = fflush(file) == 0 && (fsync(fileno(file)) == 0 || errno == EINVAL)
        let isClosed = fclose(file) == 0
        self.file = nil
        guard isWritten, isClosed else { throw Disk.failure("write", path) }
    }
}
