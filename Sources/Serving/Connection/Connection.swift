import NIOCore

/// The task half of a connection: asks the handler for each request and hands the answers to the event loop.
package final class Connection: Sendable {
    private let channel: any Channel
    private let loopHalf: NIOLoopBound<ConnectionHandler>
    private let mailbox: Mailbox
    private let abort: Gate
    private let executor: LoopExecutor?
    let outbox: Outbox

    /// Must be called on the channel's event loop.
    init(channel: any Channel, handler: ConnectionHandler, placement: ServerConfiguration.HandlerPlacement) {
        self.channel = channel
        loopHalf = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        mailbox = handler.mailbox
        abort = handler.abort
        outbox = handler.outbox
        executor = placement == .eventLoop ? LoopExecutor(channel.eventLoop) : nil
    }

    /// Answers requests until the connection is over. The handler's task is cancelled when the client goes away.
    func serve(_ handler: @escaping @Sendable (ServerRequest) async -> ServerResponse) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: executor) { await self.answer(handler) }
            await self.abort.wait()
            group.cancelAll()
        }
        // Normally closed already; not when the task was cancelled.
        channel.close(promise: nil)
    }

    private func answer(_ handler: @Sendable (ServerRequest) async -> ServerResponse) async {
        while let request = await mailbox.next() {
            let response = await handler(request)
            switch response.body {
            case .bytes(let bytes):
                onLoop { $0.respond(status: response.status, headers: response.headers, body: bytes) }
            case .stream(let produce):
                // A HEAD request has the same head and no body, so the closure is not asked.
                if request.method == "HEAD" {
                    onLoop { $0.respondWithoutBody(status: response.status, headers: response.headers) }
                } else {
                    onLoop { $0.beginStream(status: response.status, headers: response.headers) }
                    await stream(produce)
                }
            case .webSocket(let serve): await upgrade(response.headers, serve)
            }
        }
    }

    private func stream(_ produce: @Sendable (BodyWriter) async throws -> Void) async {
        do {
            try await produce(BodyWriter(connection: self))
            onLoop { $0.endStream() }
        } catch {
            onLoop { $0.breakStream() }
        }
    }

    /// Goes on as a WebSocket until either side ends it.
    private func upgrade(_ headers: HeaderFields, _ serve: @Sendable (WebSocket) async throws -> Void) async {
        do {
            let upgraded = try await channel.eventLoop.submit { [loopHalf] in
                try loopHalf.value.upgrade(headers: headers)
            }.get()
            try await upgraded.executeThenClose { inbound, outbound in
                var closure = WebSocketClosure.normal
                do {
                    try await serve(WebSocket(inbound: inbound, outbound: outbound))
                } catch {
                    closure = error as? WebSocketClosure ?? .failed
                }
                // What was sent leaves first; then the client has the time to take note of the end.
                upgraded.channel.triggerUserOutboundEvent(closure, promise: nil)
                try await upgraded.channel.closeFuture.get()
            }
        } catch { channel.close(promise: nil) }
    }

    /// Follows the server on its way to stop.
    func enter(_ stage: DrainStage) { onLoop { $0.enter(stage) } }

    /// Cuts the connection.
    func close() { channel.close(promise: nil) }

    func scheduleFlush() { onLoop { $0.flushOutbox() } }

    private func onLoop(_ action: @escaping @Sendable (ConnectionHandler) -> Void) {
        if channel.eventLoop.inEventLoop {
            action(loopHalf.value)
        } else {
            channel.eventLoop.execute { [loopHalf] in action(loopHalf.value) }
        }
    }
}
