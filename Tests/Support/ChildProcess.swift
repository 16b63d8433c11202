import Dispatch
import Foundation
import Synchronization

/// A program that runs beside a test.
///
/// Started by `posix_spawn` and awaited on a thread of its own: Foundation's `Process` now and then crashes when several
/// tests start programs at the same time.
package final class ChildProcess: Sendable {
    /// The process identifier.
    package let identifier: pid_t
    private let state = Mutex(State())

    private struct State {
        var status: Int32?
        var waiting: [CheckedContinuation<Int32, Never>] = []
    }

    /// Files that a program reads and writes instead of the test's own.
    package struct Files: Sendable {
        /// Standard input; nothing to read by default.
        package var input = "/dev/null"
        /// Standard output, appended to.
        package var output = "/dev/null"
        /// Standard error, appended to.
        package var errors = "/dev/null"

        /// Files that swallow everything.
        package init() {}
    }

    /// Starts `arguments[0]`, a path or a name found in `PATH`; `environment` is added to the test's own.
    ///
    /// Throws `POSIXError` when it cannot be started.
    package init(
        _ arguments: [String], environment: [String: String] = [:], files: Files = Files(), folder: String? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, files.input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, files.output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, files.errors, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        // Sockets of tests that run at the same time must not live on in this program.
        for descriptor in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init)
        where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let command = folder.map { ["env", "--chdir", $0] + arguments } ?? arguments
        let result = withCStrings(command) { command in
            withCStrings(variables.map { "\($0)=\($1)" }) { variables in
                guard let program = command[0] else { return (EINVAL, pid_t()) }
                var identifier = pid_t()
                let code = posix_spawnp(&identifier, program, &actions, nil, command, variables)
                return (code, identifier)
            }
        }
        guard result.0 == 0 else { throw POSIXError(POSIXErrorCode(rawValue: result.0) ?? .EINVAL) }
        identifier = result.1
        let reaper = DispatchQueue(label: "child \(identifier)")
        reaper.async { self.reap() }
    }

    /// Waits for the end; gives the exit status, or 128 + signal.
    package func wait() async -> Int32 {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state in
                if state.status == nil { state.waiting.append(continuation) }
                return state.status
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    /// Whether it has not ended yet.
    package var isRunning: Bool { state.withLock { $0.status == nil } }

    /// Sends a signal, unless it has ended.
    package func send(_ signal: Int32) {
        state.withLock { state in
            if state.status == nil { _ = kill(identifier, signal) }
        }
    }

    /// Waits for the end on a thread of its own. The process is reaped under the lock, so that no signal can go to
    /// another one that got its identifier.
    private func reap() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let (status, waiting) = state.withLock { state in
            var code: Int32 = 0
            waitpid(identifier, &code, 0)
            // The low seven bits are the signal, the byte above them is the exit status: wait(2).
            let status = code & 0x7F == 0 ? (code >> 8) & 0xFF : 128 + (code & 0x7F)
            state.status = status
            defer { state.waiting = [] }
            return (status, state.waiting)
        }
        for continuation in waiting { continuation.resume(returning: status) }
    }
}

/// Calls `body` with the strings as a C array that ends in a null pointer.
private func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let pointers = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
}
