internal import Glibc
internal import Synchronization

/// The process of one container, from start to end, on a thread of its own that starts it, copies its output to a log,
/// stops it when asked and collects its exit status.
///
/// The thread lives as long as the process: the kernel ties "kill me when my parent is gone" to the thread that started it.
final class ContainerProcess: Sendable {
    /// What to start.
    struct Launch: Sendable {
        /// Absolute path of the program, and its arguments. Descriptor 3 is where it says `started` before the
        /// container's own program runs, and why it could not be prepared otherwise; it stays open until the end.
        var arguments: [String]
        /// `NAME=value`.
        var environment: [String]
        /// How long it may run before it is killed; nil for ever.
        var timeLimit: Duration?
        /// What its standard input is.
        var input = ProcessInput.nothing
    }

    /// What happens to the process, in order: started and ended, or notStarted.
    enum Event: Sendable {
        /// The container's program runs.
        case started
        /// Nothing runs, and why.
        case notStarted(String)
        /// The program has ended with this exit code, 128 + the number of the signal that ended it; the log is complete.
        case ended(exitCode: Int)
    }

    private struct State {
        var process: pid_t?
        var wake: Int32?
        var hasStopped = false
        var isStopped = false
        var killAfter: ContinuousClock.Instant?
        /// What is written here is the program's input.
        var input: Int32?
    }

    private let launch: Launch
    private let output: any ContainerOutput
    private let report: @Sendable (Event) -> Void
    private let state = Mutex(State())

    /// Prepares a process; ``start()`` starts it. `report` is called on the process's thread.
    init(_ launch: Launch, output: any ContainerOutput, report: @escaping @Sendable (Event) -> Void) {
        self.launch = launch
        self.output = output
        self.report = report
    }

    /// Starts the process; all that follows is reported.
    func start() {
        if !DetachedThread.start({ self.live() }) { report(.notStarted("the system has no thread to give")) }
    }

    /// Asks the process group to end (SIGTERM), and kills it once `grace` has passed. Zero kills at once. Can be repeated
    /// with a shorter time.
    func stop(grace: Duration) {
        let deadline = ContinuousClock.now + max(grace, .zero)
        state.withLock { state in
            guard !state.hasStopped else { return }
            if !state.isStopped, grace > .zero { terminate(state) }
            state.isStopped = true
            state.killAfter = min(state.killAfter ?? deadline, deadline)
            if let wake = state.wake { _ = write(wake, "x", 1) }
        }
    }

    /// The process that was started, while it lives.
    var processID: Int32? { state.withLock { $0.process } }

    private func terminate(_ state: State) {
        guard let process = state.process else { return }
        kill(-process, SIGTERM)
        // A program with a terminal has a session of its own.
        if case .terminal = launch.input, let session = state.input.flatMap(PseudoTerminal.session) {
            kill(session, SIGTERM)
        }
    }

    /// Looks again whether its output takes more.
    func wake() {
        state.withLock { state in
            if let wake = state.wake { _ = write(wake, "x", 1) }
        }
    }

    /// A descriptor of the caller's own that writes to the program's input; nil without one, or once it is closed.
    func duplicateInput() -> Int32? {
        state.withLock { state in
            guard let input = state.input else { return nil }
            let copy = fcntl(input, F_DUPFD_CLOEXEC, 0)
            return copy < 0 ? nil : copy
        }
    }

    /// Lets the program see the end of its input once all copies are closed, too. A terminal stays open.
    func closeInput() {
        if case .terminal = launch.input { return }
        state.withLock { state in
            if let input = state.input.take() { close(input) }
        }
    }

    /// Tells the program's terminal its size.
    func resize(columns: UInt16, rows: UInt16) {
        guard case .terminal = launch.input else { return }
        state.withLock { state in
            if let input = state.input { PseudoTerminal.resize(input, columns: columns, rows: rows) }
        }
    }

    private func live() {
        do {
            let (pipes, wake) = try spawn()
            let started = copyOutput(pipes, wake: wake.reading)
            let code = collect(pipes)
            for pipe in pipes { close(pipe.reading) }
            wake.close()
            output.finish()
            if let problem = started { report(.notStarted(problem)) } else { report(.ended(exitCode: code)) }
        } catch {
            state.withLock { $0.hasStopped = true }
            output.finish()
            report(.notStarted("\(error)"))
        }
    }

    /// Starts the program; returns the pipes of its descriptors 1, 2 and 3, and the one that wakes this thread.
    private func spawn() throws -> ([Pipe], Pipe) {
        try ProcessSpawn.gate.withLock { _ in
            let (input, output) = try launch.input.open()
            var pipes = [output]
            do {
                for _ in 0..<3 { pipes.append(try Pipe()) }
                let errors = if case .terminal = launch.input { output } else { pipes[1] }
                let descriptors = [input.reading, output.writing, errors.writing, pipes[2].writing]
                let process = try ProcessSpawn.start(
                    launch.arguments, environment: launch.environment, descriptors: descriptors)
                let wake = pipes.removeLast()
                close(input.reading)
                for pipe in pipes {
                    close(pipe.writing)
                    pipe.setNonBlockingReads()
                }
                wake.setNonBlockingReads()
                let limit = launch.timeLimit
                state.withLock { state in
                    if let limit { state.killAfter = .now + limit }
                    state.process = process
                    state.wake = wake.writing
                    state.input = input.writing
                }
                return (pipes, wake)
            } catch {
                for pipe in pipes + [input] { pipe.close() }
                throw error
            }
        }
    }

    /// Copies output until the program has ended. Returns why it was not started; nil if it was.
    private func copyOutput(_ pipes: [Pipe], wake: Int32) -> String? {
        var preparation = Preparation()
        var open = [true, true, true]
        while open[2] {
            let takesMore = output.takesMore
            var polled = pipes.indices.map { index in
                pollfd(
                    fd: open[index] && (takesMore || index == 2) ? pipes[index].reading : -1, events: Int16(POLLIN),
                    revents: 0)
            }
            polled.append(pollfd(fd: wake, events: Int16(POLLIN), revents: 0))
            let count = poll(&polled, nfds_t(polled.count), enforceStop())
            if count < 0, errno != EINTR { break }
            if count <= 0 { continue }
            if polled[3].revents != 0 { _ = Self.read(wake) }
            for index in 0..<3 where polled[index].revents != 0 {
                guard let bytes = Self.read(pipes[index].reading) else { continue }
                if bytes.isEmpty { open[index] = false } else { take(bytes, from: index, &preparation) }
            }
        }
        return preparation.problem
    }

    private func take(_ bytes: [UInt8], from index: Int, _ preparation: inout Preparation) {
        if index == 2 {
            if preparation.take(bytes) {
                state.withLock { state in
                    if state.isStopped { terminate(state) }
                }
                report(.started)
            }
            return
        }
        preparation.noteError(bytes, isErrorStream: index == 1)
        output.write(bytes, stream: index == 0 ? .out : .error)
    }

    /// Kills what should have ended by now; returns the milliseconds until there may be something to kill, -1 for never.
    private func enforceStop() -> Int32 {
        state.withLock { state in
            guard let deadline = state.killAfter else { return -1 }
            let left = deadline - .now
            if left > .zero { return Int32(min(left / .milliseconds(1) + 1, 1e9)) }
            if let process = state.process { kill(-process, SIGKILL) }
            return 1000
        }
    }

    /// Waits for the end, ends what is left of the group, and takes the last output.
    private func collect(_ pipes: [Pipe]) -> Int {
        guard let process = state.withLock({ $0.process }) else { return 0 }
        var status: Int32 = 0
        var information = siginfo_t()
        while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        kill(-process, SIGKILL)
        for index in 0..<2 {
            while let bytes = Self.read(pipes[index].reading), !bytes.isEmpty {
                output.write(bytes, stream: index == 0 ? .out : .error)
            }
        }
        state.withLock { state in
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
            state.process = nil
            state.wake = nil
            if let input = state.input.take() { close(input) }
            state.hasStopped = true
        }
        let signal = status & 0x7f
        return signal == 0 ? Int((status >> 8) & 0xff) : 128 + Int(signal)
    }

    /// What can be read now; empty at the end (which a terminal tells by an error), nil if there is nothing yet.
    private static func read(_ descriptor: Int32) -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: 32 << 10) { buffer, count in
            let length = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            failed = length < 0 && (errno == EAGAIN || errno == EINTR)
            count = max(length, 0)
        }
        return failed ? nil : bytes
    }
}

/// What a process says about its preparation on descriptor 3.
struct Preparation {
    private var text: [UInt8] = []
    private var errors: [UInt8] = []
    private(set) var hasStarted = false

    /// Takes a piece; true if the program has started with it.
    mutating func take(_ bytes: [UInt8]) -> Bool {
        guard !hasStarted, text.count < 64 << 10 else { return false }
        text += bytes
        hasStarted = text.suffix(8) == Array("started\n".utf8)[...]
        return hasStarted
    }

    /// Remembers the first errors, which say what is wrong when not even the preparation could run.
    mutating func noteError(_ bytes: [UInt8], isErrorStream: Bool) {
        if isErrorStream, !hasStarted, errors.count < 4096 { errors += bytes }
    }

    /// Why nothing was started; nil if it was.
    var problem: String? {
        if hasStarted { return nil }
        let lines = String(decoding: text.isEmpty ? errors : text, as: UTF8.self)
            .split(whereSeparator: \.isNewline).filter { !$0.contains("dmesg(1)") }
        if lines.isEmpty { return "the process ended before the container's program was started" }
        return lines.reversed().prefix(3).joined(separator: ": ")
    }
}
