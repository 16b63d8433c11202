internal import Dispatch
internal import FoundationEssentials
internal import Glibc

/// The folder that a dynamically made volume is.
struct VolumeFolder: Sendable {
    /// Absolute path.
    var path: String

    /// Why a folder cannot be made or removed.
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    /// Makes it, for everybody to write to, or removes it with all that is in it.
    func set(isWanted: Bool) async throws(Problem) {
        let problem = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: isWanted ? make() : remove()) }
        }
        if let problem { throw problem }
    }

    private func make() -> Problem? {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            return chmod(path, 0o777) == 0 ? nil : Problem(description: "cannot open \(path) to everybody")
        } catch { return Problem(description: "cannot make \(path): \(error)") }
    }

    private func remove() -> Problem? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do { try FileManager.default.removeItem(atPath: path) } catch {
            return Problem(description: "cannot remove \(path): \(error)")
        }
        return nil
    }
}
