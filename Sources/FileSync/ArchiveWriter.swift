#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes the entries of an archive below a folder of our own, and refuses everything that could land, or later lead,
/// outside of it.
///
/// Every folder on the way to an entry is a real one, made here; a link's target may go up only at its beginning and
/// not above the top. So no chain of links leaves the folder.
final class ArchiveWriter {
    private let root: String
    private let limits: ArchiveLimits
    private let archiveBytes: Int
    private var written = 0
    private var entries = 0
    /// The folded names of files and links, so that none hides another where case does not count.
    private var taken: Set<String> = []

    /// Writes below `root`, which is made. `archiveBytes` is the size of the archive.
    init(_ root: String, archiveBytes: Int, limits: ArchiveLimits) throws(SyncError) {
        self.root = root
        self.archiveBytes = archiveBytes
        self.limits = limits
        try Disk.makeFolder(root)
    }

    static func refused(_ name: String, _ reason: String) -> SyncError {
        let shown = name.unicodeScalars.prefix(120).map { $0.value < 32 ? "?" : String($0) }.joined()
        return SyncError(.digest, "the archive's entry \"\(shown)\" \(reason); nothing of it was written.")
    }

    /// Makes a folder.
    func addFolder(_ name: String) throws(SyncError) {
        try count(name)
        let parts = try Self.parts(of: name)
        _ = try folder(parts, name)
    }

    /// Writes a file from `content`, which gives pieces until it is empty.
    func addFile(_ name: String, isExecutable: Bool, _ content: () throws(SyncError) -> [UInt8]) throws(SyncError) {
        let path = try claim(name)
        let file = try NewFile(path, mode: isExecutable ? 0o755 : 0o644)
        while true {
            let piece = try content()
            if piece.isEmpty { break }
            written += piece.count
            let isTrap = written > limits.freeBytes && written / max(1, archiveBytes) >= limits.ratio
            guard written <= limits.bytes, !isTrap else {
                throw Self.refused(name, "makes more than \(written) bytes out of an archive of \(archiveBytes)")
            }
            try file.append(piece)
        }
        try file.close()
    }

    /// Makes a symbolic link.
    func addLink(_ name: String, to target: String) throws(SyncError) {
        let depth = try Self.parts(of: name).count - 1
        let parts = target.split(separator: "/", omittingEmptySubsequences: true)
        let up = parts.prefix { $0 == ".." || $0 == "." }
        let isInside =
            !target.isEmpty && !target.hasPrefix("/") && !target.utf8.contains(0)
            && up.filter { $0 == ".." }.count <= depth && !parts.dropFirst(up.count).contains("..")
        guard isInside else { throw Self.refused(name, "is a link that leads out of the archive") }
        let path = try claim(name)
        guard symlink(target, path) == 0 else { throw Disk.failure("create", path) }
    }

    /// Makes a second name for a file that was written before.
    func addHardLink(_ name: String, to target: String) throws(SyncError) {
        let parts = try Self.parts(of: target)
        var place = root
        for part in parts.dropLast() {
            place += "/" + part
            guard Disk.entry(at: place) == .folder else {
                throw Self.refused(name, "is a link to nothing in the archive")
            }
        }
        place += "/" + (parts.last ?? "")
        guard Disk.entry(at: place) == .file else { throw Self.refused(name, "is a link to nothing in the archive") }
        let path = try claim(name)
        guard link(place, path) == 0 else { throw Disk.failure("create", path) }
    }

    private func count(_ name: String) throws(SyncError) {
        entries += 1
        guard entries <= limits.entries else {
            throw Self.refused(name, "is one of more than \(limits.entries)")
        }
    }

    /// The path of a file or link that is not there yet, with the folders above it.
    private func claim(_ name: String) throws(SyncError) -> String {
        try count(name)
        let parts = try Self.parts(of: name)
        guard let last = parts.last else { throw Self.refused(name, "has no name") }
        guard taken.insert(parts.joined(separator: "/").lowercased()).inserted else {
            throw Self.refused(name, "appears twice, or differs from another one only in case")
        }
        let path = try folder(Array(parts.dropLast()), name) + "/" + last
        guard Disk.entry(at: path) == .nothing else { throw Self.refused(name, "appears twice") }
        return path
    }

    private func folder(_ parts: [String], _ name: String) throws(SyncError) -> String {
        var path = root
        for part in parts {
            path += "/" + part
            switch Disk.entry(at: path) {
            case .folder: continue
            case .nothing: try Disk.makeFolder(path)
            default: throw Self.refused(name, "lies below something that is no folder")
            }
        }
        return path
    }

    /// The parts of a relative name without `.`; empty for the top folder itself.
    static func parts(of name: String) throws(SyncError) -> [String] {
        let parts = name.split(separator: "/").map(String.init).filter { $0 != "." }
        let isPlain =
            !name.hasPrefix("/") && name.utf8.count <= 4096 && parts.count <= 128
            && parts.allSatisfy { $0 != ".." && $0.utf8.count <= 255 && !$0.utf8.contains { $0 < 32 || $0 == 127 } }
        guard isPlain else { throw refused(name, "is absolute, leads upwards or is no plain name") }
        return parts
    }
}
