import CCurl

/// Runs the transfers of one client. Lives on the loop thread and never leaves it.
final class TransferDriver {
    private let loop: TransferLoop
    private var multi: UnsafeMutableRawPointer?
    private var transfers: [UInt64: Transfer] = [:]
    private var ids: [UnsafeMutableRawPointer: UInt64] = [:]
    private var isStopping = false

    /// How many connections are kept for reuse beside one for each transfer that runs; libcurl counts both.
    private static let keptConnections = 32
    /// The longest wait without an event; only a bound, since wake-ups come through ``TransferLoop``.
    private static let longestWait = Duration.seconds(60)

    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(_ loop: TransferLoop) { self.loop = loop }

    /// Works until the loop is told to stop.
    func run() {
        multi = Self.isLibraryReady ? curl_multi_init() : nil
        if let multi {
            loop.setWakeable(multi)
        } else {
            // Nothing can be sent, ever: fail what is ordered and end.
            loop.stop()
        }
        while !isStopping {
            for order in loop.takeOrders() { carryOut(order) }
            guard let multi, !isStopping else { continue }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            collectFinished(multi)
            let next = expire(now: .now)
            curl_multi_poll(multi, nil, 0, Self.milliseconds(next), nil)
        }
        loop.setWakeable(nil)
        for id in Array(transfers.keys) { end(id, .failure(HTTPError(.clientClosed, "the client was closed"))) }
        if let multi { curl_multi_cleanup(multi) }
    }

    private func carryOut(_ order: TransferLoop.Order) {
        switch order {
        case .start(let id, let request, let target, let deadline, let channel):
            start(id, request, target, deadline, channel)
        case .resume(let id): transfers[id]?.resume()
        case .cancel(let id): end(id, .failure(HTTPError(.cancelled, "the request was cancelled")))
        case .stop: isStopping = true
        }
    }

    private func start(
        _ id: UInt64, _ request: HTTPRequest, _ target: RequestTarget, _ deadline: ContinuousClock.Instant,
        _ channel: ResponseChannel
    ) {
        guard !isStopping else {
            return channel.finish(.failure(HTTPError(.clientClosed, "\(target.display): the client is closed")))
        }
        guard let multi, let transfer = Transfer(request, target, deadline: deadline, channel: channel) else {
            return channel.finish(.failure(HTTPError(.other, "\(target.display): libcurl cannot be set up")))
        }
        do {
            try transfer.configure(loop.settings)
        } catch {
            return channel.finish(.failure(error))
        }
        guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
            return channel.finish(.failure(HTTPError(.other, "\(target.display): libcurl refuses the transfer")))
        }
        transfers[id] = transfer
        ids[transfer.easy] = id
        _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Self.keptConnections + transfers.count)
    }

    private func collectFinished(_ multi: UnsafeMutableRawPointer) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let id = ids[easy], let transfer = transfers[id]
            else { continue }
            end(id, transfer.outcome(of: message.pointee.data.result))
        }
    }

    /// Ends transfers whose time is up; the time until the next may be.
    private func expire(now: ContinuousClock.Instant) -> Duration {
        var next = Self.longestWait
        for (id, transfer) in transfers {
            switch transfer.timeLeft(now: now) {
            case .success(let left): next = min(next, left)
            case .failure(let error): end(id, .failure(error))
            }
        }
        return next
    }

    private func end(_ id: UInt64, _ result: Result<Void, HTTPError>) {
        guard let transfer = transfers.removeValue(forKey: id) else { return }
        ids[transfer.easy] = nil
        // The reader goes on first: taking a transfer apart can take a while.
        transfer.channel.finish(result)
        // The transfer's end frees the handle, so it must not come before the handle is taken out.
        withExtendedLifetime(transfer) { if let multi { curl_multi_remove_handle(multi, transfer.easy) } }
    }

    private static func milliseconds(_ duration: Duration) -> Int32 {
        let (seconds, attoseconds) = duration.components
        return Int32(clamping: max(0, seconds) * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
