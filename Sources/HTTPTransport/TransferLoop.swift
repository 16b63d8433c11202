import CCurl
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The mailbox of the loop thread: any thread puts orders in, the loop thread carries them out.
final class TransferLoop: Sendable {
    enum Order: Sendable {
        case start(id: UInt64, HTTPRequest, RequestTarget, deadline: ContinuousClock.Instant, ResponseChannel)
        case resume(id: UInt64)
        case cancel(id: UInt64)
        case stop
    }

    private struct State {
        var orders: [Order] = []
        var lastID: UInt64 = 0
        var isRunning = false
        var isStopped = false
        /// Set while the loop thread waits for events; used for nothing but waking it.
        var multi: UnsafeMutableRawPointer?
    }

    let settings: TransferSettings
    private let state = Mutex(State())

    init(settings: TransferSettings) { self.settings = settings }

    /// Checks a request and orders its transfer. Throws ``HTTPError`` when nothing can be sent.
    func start(_ request: HTTPRequest, isStream: Bool) throws(HTTPError) -> ResponseChannel {
        let target = try RequestTarget(of: request)
        try RequestCheck.check(request, target)
        let deadline = ContinuousClock.now + request.timeout
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let channel = ResponseChannel(
            request: target.display, isStream: isStream,
            ignoresCancellation: request.ignoresCancellation && !isStream,
            resume: { [weak self] in self?.post(.resume(id: id)) },
            cancel: { [weak self] in self?.post(.cancel(id: id)) })
        let order = Order.start(id: id, request, target, deadline: deadline, channel)
        let (isAccepted, mustRun) = state.withLock { state -> (Bool, Bool) in
            guard !state.isStopped else { return (false, false) }
            state.orders.append(order)
            Self.wake(state)
            defer { state.isRunning = true }
            return (true, !state.isRunning)
        }
        guard isAccepted else { throw HTTPError(.clientClosed, "\(target.display): the client is closed") }
        if mustRun, !runThread() {
            stop()
            throw HTTPError(.other, "\(target.display): cannot start a thread; the system's limit is reached")
        }
        return channel
    }

    /// Ends everything, soon. Safe to call again.
    func stop() {
        state.withLock { state in
            guard !state.isStopped else { return }
            state.isStopped = true
            state.orders.append(.stop)
            Self.wake(state)
        }
    }

    private func post(_ order: Order) {
        state.withLock { state in
            guard state.isRunning && !state.isStopped else { return }
            state.orders.append(order)
            Self.wake(state)
        }
    }

    // MARK: the loop thread's side

    /// The orders since the last call.
    func takeOrders() -> [Order] {
        state.withLock { state in
            defer { state.orders = [] }
            return state.orders
        }
    }

    /// Tells which handle to wake, or that there is none any more.
    func setWakeable(_ multi: UnsafeMutableRawPointer?) {
        let bits = UInt(bitPattern: multi)
        state.withLock { state in state.multi = UnsafeMutableRawPointer(bitPattern: bits) }
    }

    private static func wake(_ state: State) {
        if let multi = state.multi { curl_multi_wakeup(multi) }
    }

    private func runThread() -> Bool {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let loop = Unmanaged<TransferLoop>.fromOpaque(context).takeRetainedValue()
                blockSignals()
                TransferDriver(loop).run()
                return nil
            }, context.toOpaque())
        guard result == 0 else {
            context.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}

/// Signals are for the program's own threads, and writing to a closed connection must not end the process.
private func blockSignals() {
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
}
