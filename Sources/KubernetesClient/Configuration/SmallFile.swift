#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Files of configuration: small, local, and read whole.
enum SmallFile {
    /// The largest file that is read.
    static let maximumBytes = 16 << 20

    /// The bytes of a file. Throws ``ConfigurationError`` when it cannot be read or is larger than 16 MiB.
    static func read(_ path: String) throws(ConfigurationError) -> [UInt8] {
        guard let bytes = try readIfPresent(path) else {
            throw ConfigurationError("\(path) does not exist; create it or name another file")
        }
        return bytes
    }

    /// The bytes of a file, or `nil` when there is none.
    static func readIfPresent(_ path: String) throws(ConfigurationError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw ConfigurationError("cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw ConfigurationError("cannot read \(path): \(String(cString: strerror(errno)))")
            }
            bytes += buffer.prefix(count)
            guard bytes.count <= maximumBytes else {
                throw ConfigurationError("\(path) is larger than 16 MiB, so it is no configuration file")
            }
        }
    }

    /// A path as seen from a folder; an absolute one stays as it is.
    static func resolve(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
    }

    /// The folder that a file is in; `.` when the path has no slash.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
