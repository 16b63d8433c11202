#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The few things that are done to files, with errors that name the path and the reason.
enum Disk {
    /// What is at a path, not following a symbolic link.
    enum Entry { case nothing, folder, file, link, other }

    static func entry(at path: String) -> Entry {
        var status = stat()
        guard lstat(path, &status) == 0 else { return .nothing }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file
        case S_IFLNK: return .link
        default: return .other
        }
    }

    /// The bytes of a file; 0 when there is none.
    static func size(of path: String) -> Int {
        var status = stat()
        return lstat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Hands the whole of a file to `body` without reading it into memory first.
    static func withBytes<Result>(of path: String, _ body: (UnsafeRawBufferPointer) -> Result) throws(SyncError)
        -> Result
    {
        let size = size(of: path)
        guard size > 0 else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { _ = closeDescriptor(descriptor) } }
        guard descriptor >= 0, let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
        else { throw failure("read", path) }
        defer { munmap(start, size) }
        return body(UnsafeRawBufferPointer(start: start, count: size))
    }

    /// Makes a folder's entries last through a crash of the machine.
    static func flushFolder(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        _ = closeDescriptor(descriptor)
    }

    /// Makes one folder. Throws ``SyncError`` with `destination`.
    static func makeFolder(_ path: String, mode: mode_t = 0o755) throws(SyncError) {
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw failure("make the folder", path) }
    }

    /// Makes a folder and those above it.
    static func makeFolders(_ path: String) throws(SyncError) {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            if entry(at: made) == .nothing { try makeFolder(made) }
        }
    }

    /// Removes a file, or a folder with all that is in it. Nothing there is fine.
    static func remove(_ path: String) throws(SyncError) {
        guard entry(at: path) != .nothing else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw SyncError(.destination, "cannot remove \(path): \(error). Check who owns the volume.")
        }
    }

    /// The names in a folder; none when it cannot be read.
    static func names(in path: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }

    /// Gives a file or folder another name on the same volume, in one step.
    static func rename(_ from: String, to target: String) throws(SyncError) {
        #if canImport(Glibc)
            let result = Glibc.rename(from, target)
        #elseif canImport(Musl)
            let result = Musl.rename(from, target)
        #else
            let result = Darwin.rename(from, target)
        #endif
        guard result == 0 else { throw failure("move \(from) to", target) }
    }

    /// Reads a small file; `nil` if it is not there. Throws ``SyncError`` past `limit` bytes.
    static func read(_ path: String, limit: Int = 64 << 10) throws(SyncError) -> [UInt8]? {
        guard let file = fopen(path, "r") else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw SyncError(.configuration, "cannot read \(path): \(reason()). Check the mounted Secret.")
            }
            return nil
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard count <= limit else {
            throw SyncError(.configuration, "\(path) is larger than \(limit) bytes. Check what is mounted there.")
        }
        return Array(bytes[..<count])
    }

    /// Writes a whole file that is not there yet.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(SyncError) {
        let file = try NewFile(path, mode: mode)
        try file.append(bytes)
        try file.close()
    }

    static func failure(_ action: String, _ path: String) -> SyncError {
        SyncError(.destination, "cannot \(action) \(path): \(reason()). Check the volume's size and owner.")
    }

    private static func reason() -> String {
        String(cString: strerror(errno))
    }
}

/// A file that is being written; it must not have been there before.
final class NewFile {
    private var descriptor: Int32
    private let path: String

    init(_ path: String, mode: mode_t = 0o644) throws(SyncError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw Disk.failure("create", path) }
    }

    deinit { if descriptor >= 0 { _ = closeDescriptor(descriptor) } }

    func append(_ bytes: [UInt8]) throws(SyncError) {
        var start = 0
        while start < bytes.count {
            let written = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { writeBytes(descriptor, $0 + start, bytes.count - start) } ?? 0
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Disk.failure("write", path) }
            start += written
        }
    }

    /// Ends the file; the bytes are on the disk.
    func close() throws(SyncError) {
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw Disk.failure("write", path) }
        let result = closeDescriptor(descriptor)
        descriptor = -1
        guard result == 0 else { throw Disk.failure("write", path) }
    }
}

private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

private func closeDescriptor(_ descriptor: Int32) -> Int32 {
    close(descriptor)
}
