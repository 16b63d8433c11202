internal import Glibc
internal import KubernetesModel
internal import Synchronization

/// The log of one run of a container: a file in the CRI format, of which at most two generations are kept.
final class ContainerLog: ContainerOutput {
    /// The most bytes of one generation, as kubelet's `containerLogMaxSize` of 10 MiB.
    static let maximumBytes = 10 << 20

    private struct State {
        var splitter = LogLineSplitter()
        var descriptor: Int32 = -1
        var size = 0
        var generation = 0
        var hasFinished = false
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
        var attached: [SessionOutput] = []
    }

    /// How far a reader has come.
    struct Position: Sendable, Hashable {
        /// How often the log was rotated before.
        var generation = 0
        /// Bytes into that generation.
        var offset = 0
    }

    /// The path of the file; the generation before is beside it with `.1`.
    let path: String
    private let maximumBytes: Int
    private let state: Mutex<State>

    /// Creates the file. Throws ``SystemError``.
    init(path: String, maximumBytes: Int = ContainerLog.maximumBytes) throws {
        self.path = path
        self.maximumBytes = maximumBytes
        var fresh = State()
        fresh.descriptor = try Self.create(path)
        state = Mutex(fresh)
    }

    deinit { state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } } }

    func write(_ bytes: [UInt8], stream: OutputStreamName) {
        let time = Timestamp.now().rfc3339(fractionDigits: 9)
        let waiting = state.withLock { state in
            append(state.splitter.take(bytes, stream: stream, time: time), &state)
            for output in state.attached { output.write(bytes, stream: stream) }
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    func finish() {
        let time = Timestamp.now().rfc3339(fractionDigits: 9)
        let waiting = state.withLock { state in
            append(state.splitter.finish(time: time), &state)
            state.hasFinished = true
            for output in state.attached { output.finish() }
            if state.descriptor >= 0 { close(state.descriptor) }
            state.descriptor = -1
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    var takesMore: Bool { state.withLock { $0.attached.allSatisfy(\.takesMore) } }

    /// Gives all that follows to `output`, too, which holds the container back.
    func attach(_ output: SessionOutput) {
        state.withLock { state in
            state.attached.append(output)
            if state.hasFinished { output.finish() }
        }
    }

    /// Undoes ``attach(_:)``.
    func detach(_ output: SessionOutput) { state.withLock { $0.attached.removeAll { $0 === output } } }

    private func append(_ lines: [UInt8], _ state: inout State) {
        guard !lines.isEmpty, state.descriptor >= 0 else { return }
        if state.size > 0, state.size + lines.count > maximumBytes {
            close(state.descriptor)
            _ = rename(path, path + ".1")
            state.descriptor = (try? Self.create(path)) ?? -1
            state.size = 0
            state.generation += 1
        }
        var written = 0
        while written < lines.count, state.descriptor >= 0 {
            let count = lines[written...].withUnsafeBytes { Glibc.write(state.descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            written += count
        }
        state.size += written
    }

    private static func create(_ path: String) throws -> Int32 {
        let descriptor = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw SystemError("cannot create the log \(path)") }
        return descriptor
    }

    /// Where reading starts to see all that is kept.
    func start() -> Position { Position(generation: max(state.withLock { $0.generation } - 1, 0)) }

    /// The next bytes after `position`, at most 64 KiB, and the position after them; empty if there are none now.
    /// Reads a file: not for the cooperative pool.
    func read(after position: Position) -> ([UInt8], Position) {
        let current = state.withLock { $0.generation }
        var position = position
        if position.generation < current - 1 { position = Position(generation: current - 1) }
        let file = position.generation == current ? path : path + ".1"
        let bytes = FileBytes.read(file, offset: position.offset, limit: 64 << 10) ?? []
        if bytes.isEmpty, position.generation < current {
            return read(after: Position(generation: position.generation + 1))
        }
        return (bytes, Position(generation: position.generation, offset: position.offset + bytes.count))
    }

    /// Waits until there is more after `position`; false if there never will be. Returns at once when cancelled.
    func hasMore(after position: Position) async -> Bool {
        while !Task.isCancelled {
            let seen = state.withLock { ($0.generation, $0.size, $0.hasFinished) }
            if seen.0 > position.generation || seen.1 > position.offset { return true }
            if seen.2 { return false }
            await waitForChange(from: position)
        }
        return false
    }

    private func waitForChange(from position: Position) async {
        let ticket = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    let changed = state.generation > position.generation || state.size > position.offset
                    if changed || state.hasFinished || Task.isCancelled { return true }
                    state.waiting[ticket] = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
        }
    }

    /// The last text of the log, at most 80 lines and 2 KiB: what stands in for a termination message.
    /// Source: kubelet `MaxContainerTerminationMessageLogLength`, `…LogLines`.
    func lastText() -> String {
        guard let size = FileBytes.size(path) else { return "" }
        let bytes = FileBytes.read(path, offset: max(size - (8 << 10), 0), limit: 8 << 10) ?? []
        let whole = size > 8 << 10 ? bytes.drop { $0 != UInt8(ascii: "\n") }.dropFirst() : bytes[...]
        let tail = Array(whole)
        var formatter = LogFormatter()
        let text = formatter.take(tail[LogFormatter.startOfTail(tail, lines: 80)...])
        return String(decoding: text.suffix(2048), as: UTF8.self)
    }
}
