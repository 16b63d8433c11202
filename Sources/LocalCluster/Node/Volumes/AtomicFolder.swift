internal import FoundationEssentials
internal import Glibc

/// A folder of files that change all at once for those who look at it: the files are in a folder of their own, `..data` is
/// a link to that, and each name is a link through `..data`. Source: kubernetes volume/util `AtomicWriter`.
struct AtomicFolder: Sendable {
    /// The folder.
    var path: String
    /// The group that owns everything in it; nil for ours.
    var group: Int?

    private static let data = "..data"

    /// Brings the folder to these files. Calls block. Throws ``SystemError``.
    func write(_ files: [VolumeFile]) throws {
        try FileBytes.makeDirectory(path)
        let before = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(path)/\(Self.data)")
        let name = "..\(UUID().uuidString)"
        try FileBytes.makeDirectory("\(path)/\(name)")
        for file in files {
            let target = "\(path)/\(name)/\(file.path)"
            try FileBytes.makeDirectory("/" + target.split(separator: "/").dropLast().joined(separator: "/"))
            try FileBytes.write(target, file.bytes, mode: file.mode)
        }
        if let group { try VolumeOwnership(group: group, isReadOnly: true).apply(to: path) }
        try link(name, at: "\(path)/\(Self.data)_tmp")
        guard rename("\(path)/\(Self.data)_tmp", "\(path)/\(Self.data)") == 0 else {
            throw SystemError("cannot replace \(path)/\(Self.data)")
        }
        let wanted = Self.names(of: files)
        for name in wanted where FileBytes.isDirectory("\(path)/\(name)") == nil {
            try link("\(Self.data)/\(name)", at: "\(path)/\(name)")
        }
        let present = try? FileManager.default.contentsOfDirectory(atPath: path)
        for name in present ?? [] where !name.hasPrefix("..") && !wanted.contains(name) { unlink("\(path)/\(name)") }
        if let before { VolumeFolders.remove("\(path)/\(before)") }
    }

    /// The names that appear in the folder: the first parts of the paths.
    static func names(of files: [VolumeFile]) -> Set<String> {
        Set(files.compactMap { $0.path.split(separator: "/").first.map(String.init) })
    }

    private func link(_ target: String, at place: String) throws {
        unlink(place)
        guard symlink(target, place) == 0 else { throw SystemError("cannot link \(place)") }
    }
}
