import Cryptography

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A folder of our own below the root, for what is not complete yet. On the same volume, so that the last step is one
/// rename.
struct WorkingFolder {
    static let prefix = ".kubedl-tmp-"
    let root: String
    let path: String

    /// Makes the folder and removes what an earlier run left behind, but for files that came in part.
    /// Throws ``SyncError`` with `destination`.
    init(root: String) throws(SyncError) {
        self.root = root
        path = root + "/" + Self.prefix + "sync"
        try Disk.makeFolders(root)
        try Disk.remove(path)
        try Disk.makeFolder(path, mode: 0o700)
        try Disk.makeFolder(root + "/" + Self.partialName, mode: 0o700)
    }

    private static let partialName = prefix + "partial"

    /// Where the part of a file is kept over attempts and runs.
    func partial(of address: String) -> String {
        let digest = try? SHA256.hexDigest(Array(address.utf8))
        return "\(root)/\(Self.partialName)/\((digest ?? "").prefix(32))"
    }

    /// A path in the folder with nothing there.
    func fresh(_ name: String) throws(SyncError) -> String {
        let path = path + "/" + name
        try Disk.remove(path)
        return path
    }

    /// Puts what is at `made` in place at `destination` below the root: afterwards it is wholly there, or not at all.
    ///
    /// Makes the folders above it, and refuses to go through a symbolic link, which would lead out of the root.
    func install(_ made: String, at destination: String) throws(SyncError) {
        let parts = destination.split(separator: "/").map(String.init)
        var target = root
        for part in parts.dropLast() {
            target += "/" + part
            switch Disk.entry(at: target) {
            case .nothing: try Disk.makeFolder(target)
            case .folder: continue
            default:
                throw SyncError(
                    .destination,
                    "cannot write \(root)/\(destination): \(target) is not a folder. Choose another destination.")
            }
        }
        target += "/" + (parts.last ?? "")
        try place(made, at: target)
        Disk.flushFolder(String(target[..<(target.lastIndex(of: "/") ?? target.endIndex)]))
    }

    private func place(_ made: String, at target: String) throws(SyncError) {
        let isReplacement = Disk.entry(at: target) == .folder || Disk.entry(at: made) == .folder
        if isReplacement, Disk.entry(at: target) != .nothing {
            try Disk.rename(target, to: try fresh("replaced"))
        }
        try Disk.rename(made, to: target)
        try? Disk.remove(path + "/replaced")
    }

    /// Removes the folder.
    func remove() {
        try? Disk.remove(path)
        // What came in part stays for the next run; an empty folder goes.
        _ = rmdir(root + "/" + Self.partialName)
    }
}
