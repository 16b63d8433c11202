import FoundationEssentials
import Glibc

/// Starts this program again as a process of its own that stays when the terminal goes.
struct DetachedCluster: Sendable {
    let folder: StateFolder
    private static let patience = Duration.seconds(60)

    /// Starts `up` with the same arguments in the background and returns once it is ready. Throws ``ClusterProblem`` with
    /// the end of its log if it ends before.
    func start() async throws {
        if let running = folder.runningProcess {
            throw ClusterProblem("a cluster already runs in \(folder.path) (process \(running))")
        }
        try FileManager.default.createDirectory(
            atPath: folder.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        unlink(folder.log)
        let process = try spawn()
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            let text =
                FileManager.default.contents(atPath: folder.log).map { String(decoding: $0, as: UTF8.self) } ?? ""
            if let line = text.split(separator: "\n").first(where: { $0.hasPrefix("kubedl-local is ready") }) {
                return Readiness.announce(String(line))
            }
            var status: Int32 = 0
            if waitpid(process, &status, WNOHANG) == process {
                throw ClusterProblem("the cluster did not start:\n\(text.suffix(2000))")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        kill(process, SIGTERM)
        throw ClusterProblem("the cluster was not ready within 60 s and is ended; see \(folder.log)")
    }

    private func spawn() throws -> pid_t {
        let arguments =
            ["/proc/self/exe"] + CommandLine.arguments.dropFirst().filter { $0 != "--detach" } + ["--foreground"]
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        let ownSession: Int16 = 0x80
        posix_spawnattr_setflags(&attributes, ownSession)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder.log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Whoever started this command may wait for the end of what it handed over, such as a pipe.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let descriptor = Int32(name), descriptor > 2 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        }
        let copies: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        var process = pid_t()
        let code = posix_spawn(&process, arguments[0], &actions, &attributes, copies, environ)
        guard code == 0 else { throw ClusterProblem("cannot start a process: error \(code)") }
        return process
    }
}
