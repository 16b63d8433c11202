internal import FoundationEssentials
internal import Glibc

/// Lets the members of a pod's `fsGroup` use a volume. Source: kubernetes volume `SetVolumeOwnership`.
struct VolumeOwnership: Sendable, Hashable {
    /// The group.
    var group: Int
    /// Whether members may only read.
    var isReadOnly: Bool

    /// The permission bits of something that had `mode`.
    func mode(_ mode: Int, isDirectory: Bool) -> Int {
        var mode = mode | (isReadOnly ? 0o440 : 0o660)
        if isDirectory { mode |= 0o2110 }
        return mode
    }

    /// Gives a folder and what is in it to the group; links are left alone. Throws ``SystemError``.
    func apply(to path: String) throws {
        var information = stat()
        guard lstat(path, &information) == 0 else { throw SystemError("cannot look at \(path)") }
        let kind = information.st_mode & S_IFMT
        if kind == S_IFLNK { return }
        guard chown(path, uid_t.max, gid_t(truncatingIfNeeded: group)) == 0 else {
            throw SystemError("cannot give \(path) to the group \(group)")
        }
        let mode = mode(Int(information.st_mode & 0o7777), isDirectory: kind == S_IFDIR)
        guard chmod(path, mode_t(mode)) == 0 else { throw SystemError("cannot change the mode of \(path)") }
        guard kind == S_IFDIR else { return }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            try apply(to: "\(path)/\(name)")
        }
    }
}
