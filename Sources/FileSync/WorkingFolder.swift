/// A folder of our own below the root, for what is not complete yet. On the same volume, so that the last step is one
/// rename.
struct WorkingFolder {
    static let prefix = ".kubedl-tmp-"
    let root: String
    let path: String

    /// Makes the folder and removes what an earlier run left behind. Throws ``SyncError`` with `destination`.
    init(root: String) throws(SyncError) {
        self.root = root
        path = root + "/" + Self.prefix + "sync"
        try Disk.makeFolders(root)
        try Disk.remove(path)
        try Disk.makeFolder(path, mode: 0o700)
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
    }
}
