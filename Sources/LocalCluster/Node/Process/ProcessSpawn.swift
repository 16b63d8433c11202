internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// Starts programs as leaders of their own session and process group.
enum ProcessSpawn {
    /// Pipes are made and handed over one program at a time: else a program that starts meanwhile would inherit the ends
    /// of another's pipe and keep it open.
    static let gate = Mutex<Void>(())

    private static let setSession: Int16 = 0x80
    private static let setSignalDefaults: Int16 = 0x04
    private static let setSignalMask: Int16 = 0x08

    /// Starts `arguments[0]`, an absolute path, with `descriptors` as its descriptors 0, 1, 2, …; returns its process id.
    /// Signals are at their defaults. Throws ``SystemError``.
    static func start(_ arguments: [String], environment: [String], descriptors: [Int32]) throws -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, setSession | setSignalDefaults | setSignalMask)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(target))
        }
        // Sockets of this process are not for containers: a listener that they keep would go on taking connections.
        for descriptor in Int32(descriptors.count)..<(highestDescriptor() + 256) {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var process = pid_t()
        let code = withCStrings(arguments) { argv in
            withCStrings(environment) { posix_spawn(&process, arguments[0], &actions, &attributes, argv, $0) }
        }
        guard code == 0 else { throw SystemError("cannot start \(arguments[0])", code: code) }
        return process
    }

    /// The highest number of an open descriptor; others may be opened at any moment.
    private static func highestDescriptor() -> Int32 {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }.max() ?? 1024
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let copies: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        return copies.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("an array with a final nil is never empty") }
            return body(base)
        }
    }
}
