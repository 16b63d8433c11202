internal import Glibc

/// Reads and writes small files in one go. Calls block: not for large files on the cooperative pool.
enum FileBytes {
    /// At most `limit` bytes from `offset`; nil if the file cannot be read.
    static func read(_ path: String, offset: Int = 0, limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard let size = size(path), size > offset else { return [] }
        return [UInt8](unsafeUninitializedCapacity: min(limit, size - offset)) { buffer, count in
            while count < buffer.count {
                let length = pread(
                    descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count, off_t(offset + count))
                if length < 0, errno == EINTR { continue }
                if length <= 0 { break }
                count += length
            }
        }
    }

    /// The size in bytes; nil if there is no such file.
    static func size(_ path: String) -> Int? {
        var information = stat()
        return stat(path, &information) == 0 ? Int(information.st_size) : nil
    }

    /// Whether `path` is a folder; nil if there is nothing.
    static func isDirectory(_ path: String) -> Bool? {
        var information = stat()
        return stat(path, &information) == 0 ? information.st_mode & S_IFMT == S_IFDIR : nil
    }

    /// Replaces a file at once: readers see the old or the new text. Throws ``SystemError``.
    static func replace(_ path: String, with bytes: [UInt8], mode: Int = 0o644) throws {
        let draft = path + ".new"
        try write(draft, bytes, mode: mode)
        guard rename(draft, path) == 0 else { throw SystemError("cannot replace \(path)") }
    }

    /// Writes a file with exactly `mode`. Throws ``SystemError``.
    static func write(_ path: String, _ bytes: [UInt8], mode: Int = 0o644) throws {
        let descriptor = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw SystemError("cannot write \(path)") }
        defer { close(descriptor) }
        _ = fchmod(descriptor, mode_t(mode))
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("cannot write \(path)") }
            written += count
        }
    }

    /// Makes a folder and those above it, as far as they are missing. Throws ``SystemError``.
    static func makeDirectory(_ path: String, mode: Int = 0o755) throws {
        if isDirectory(path) == true { return }
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        if !parent.isEmpty { try makeDirectory("/" + parent) }
        guard mkdir(path, mode_t(mode)) == 0 || errno == EEXIST else { throw SystemError("cannot make \(path)") }
        _ = chmod(path, mode_t(mode))
    }
}
