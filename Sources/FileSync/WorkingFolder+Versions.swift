#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension WorkingFolder {
    private static let versions = ".versions"

    /// Puts a new version beside the ones before, as `<destination>/.versions/<identity>`, and turns the symbolic link
    /// `<destination>/current` to it in one step. The version before stays for those who still read it.
    ///
    /// Containers mount the folder `<destination>`, not what is in it: a mount would stay with the old version.
    /// Source: kubernetes/git-sync, `--link`.
    func installVersion(_ fetched: Fetched, at destination: String) throws(SyncError) {
        let top = root + "/" + destination
        let name = String(fetched.identity.text.prefix(40))
        let target = "\(Self.versions)/\(name)"
        let before = Self.target(of: top + "/current")
        if before == target { return try Disk.remove(fetched.path) }
        try Disk.remove("\(top)/\(target)")
        try install(fetched.path, at: "\(destination)/\(target)")
        let link = try fresh("link")
        guard symlink(target, link) == 0 else { throw Disk.failure("create", link) }
        try Disk.rename(link, to: top + "/current")
        Disk.flushFolder(top)
        for old in Disk.names(in: top + "/" + Self.versions) where old != name && "\(Self.versions)/\(old)" != before {
            try Disk.remove("\(top)/\(Self.versions)/\(old)")
        }
    }

    private static func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(link, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
