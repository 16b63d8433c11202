import FoundationEssentials
import Glibc

/// The folder of a local cluster. Who holds the lock in it is the cluster that runs there.
struct StateFolder: Sendable {
    /// Absolute path.
    let path: String

    /// The folder at `path`, or the default one. Throws ``ClusterProblem`` without a home folder.
    init(_ path: String?) throws {
        if let path {
            self.path = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        } else if let home = ProcessInfo.processInfo.environment["HOME"], !home.isEmpty {
            self.path = home + "/.kubedl-local"
        } else {
            throw ClusterProblem("HOME is not set: name a folder with --directory")
        }
    }

    var certificates: String { path + "/certificates" }
    var kubeconfig: String { path + "/kubeconfig" }
    var volumes: String { path + "/volumes" }
    var nodes: String { path + "/nodes" }
    var log: String { path + "/log" }
    private var lockFile: String { path + "/lock" }

    /// Takes the lock for as long as this process lives. Throws ``ClusterProblem`` when a cluster runs here.
    func lock() throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        let descriptor = open(lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw ClusterProblem("cannot write in \(path): is it yours?") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw ClusterProblem(
                "a cluster already runs in \(path) (process \(owner.map(String.init) ?? "unknown")); "
                    + "end it with kubedl-local down --directory \(path)")
        }
        ftruncate(descriptor, 0)
        let text = "\(getpid())\n"
        _ = text.withCString { write(descriptor, $0, strlen($0)) }
    }

    /// The process that holds the lock; nil if none does.
    var runningProcess: pid_t? {
        let descriptor = open(lockFile, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
        return owner
    }

    private var owner: pid_t? {
        guard let data = FileManager.default.contents(atPath: lockFile) else { return nil }
        return pid_t(String(decoding: data, as: UTF8.self).filter(\.isNumber))
    }

    /// Writes a file that only its owner can read, at once.
    static func writePrivate(_ text: String, to path: String) throws {
        let draft = "\(path).\(getpid())"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ClusterProblem("cannot write \(path)") }
        let bytes = Array(text.utf8)
        let count = write(descriptor, bytes, bytes.count)
        close(descriptor)
        guard count == bytes.count, rename(draft, path) == 0 else { throw ClusterProblem("cannot write \(path)") }
    }
}
