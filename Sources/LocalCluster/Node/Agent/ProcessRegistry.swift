internal import Synchronization

/// All container processes that live, so that none is left when the nodes end.
final class ProcessRegistry: Sendable {
    private struct State {
        var alive: [Int: ContainerProcess] = [:]
        var next = 0
        var isClosed = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Starts a process and keeps it until it has ended; false once ``stopAll(grace:)`` was called.
    func start(
        _ launch: ContainerProcess.Launch, output: any ContainerOutput,
        report: @escaping @Sendable (ContainerProcess.Event) -> Void
    ) -> ContainerProcess? {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        let process = ContainerProcess(launch, output: output) { event in
            report(event)
            if case .started = event { return }
            self.forget(number)
        }
        let mayStart = state.withLock { state in
            if !state.isClosed { state.alive[number] = process }
            return !state.isClosed
        }
        guard mayStart else { return nil }
        process.start()
        return process
    }

    private func forget(_ number: Int) {
        let done = state.withLock { state in
            state.alive[number] = nil
            guard state.alive.isEmpty else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in done { continuation.resume() }
    }

    /// The processes that were started and live.
    var processIDs: [Int32] { state.withLock { $0.alive.values.compactMap(\.processID) } }

    /// Stops everything, kills what has not ended after `grace`, and waits until nothing is left. Goes on when the task
    /// is cancelled. Nothing can be started afterwards.
    func stopAll(grace: Duration) async {
        let alive = state.withLock { state in
            state.isClosed = true
            return Array(state.alive.values)
        }
        for process in alive { process.stop(grace: grace) }
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if !state.alive.isEmpty { state.waiting.append(continuation) }
                return state.alive.isEmpty
            }
            if isDone { continuation.resume() }
        }
    }
}
