import NIOCore
import NIOHTTP1

extension ConnectionHandler {
    /// Sends a whole response to the request in hand.
    func respond(status: Int, headers: HeaderFields, body: [UInt8]) {
        guard phase == .answering, let context else { return }
        metrics?.countResponse(status)
        let closes = mustClose(after: headers)
        var buffer = context.channel.allocator.buffer(capacity: 256 + body.count)
        ResponseEncoder.write(
            status: status, headers: headers.storage, framing: .length(body.count), closes: closes, into: &buffer)
        if head.method != .HEAD && status != 204 && status != 304 { buffer.writeBytes(body) }
        complete(with: buffer, closes: closes, context: context)
    }

    /// Answers HEAD where GET would stream: the same head, without framing because the length is not known.
    func respondWithoutBody(status: Int, headers: HeaderFields) {
        guard phase == .answering, let context else { return }
        metrics?.countResponse(status)
        let closes = mustClose(after: headers)
        var buffer = context.channel.allocator.buffer(capacity: 256)
        ResponseEncoder.write(
            status: status, headers: headers.storage, framing: .untilClose, closes: closes, into: &buffer)
        complete(with: buffer, closes: closes, context: context)
    }

    /// Sends the head of a streaming response.
    func beginStream(status: Int, headers: HeaderFields) {
        guard phase == .answering, let context else { return }
        metrics?.countResponse(status)
        let isChunked = head.version == .http1_1
        if !isChunked || mustClose(after: headers) { keepsAlive = false }
        phase = .streaming
        var buffer = context.channel.allocator.buffer(capacity: 256)
        ResponseEncoder.write(
            status: status, headers: headers.storage, framing: isChunked ? .chunked : .untilClose,
            closes: !keepsAlive, into: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        outbox.setWritable(context.channel.isWritable)
        if stage == .draining { abort.open() }
    }

    /// Sends what the outbox holds.
    func flushOutbox() {
        guard phase == .streaming, let context else { return }
        let bytes = outbox.take()
        if !bytes.isEmpty {
            var buffer = context.channel.allocator.buffer(capacity: bytes.count + 16)
            if head.version == .http1_1 {
                ResponseEncoder.writeChunk(bytes, into: &buffer)
            } else {
                buffer.writeBytes(bytes)
            }
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        }
        outbox.setWritable(context.channel.isWritable)
    }

    /// The body is complete.
    func endStream() {
        guard phase == .streaming, let context else { return }
        flushOutbox()
        var buffer = context.channel.allocator.buffer(capacity: 8)
        if head.version == .http1_1 { ResponseEncoder.writeLastChunk(into: &buffer) }
        complete(with: buffer, closes: !keepsAlive || stage > .open, context: context)
    }

    /// The body broke off: the connection is cut without the last chunk, so that the client notices.
    func breakStream() {
        guard phase == .streaming, let context else { return }
        flushOutbox()
        close(context: context)
    }

    // MARK: Refusals

    func refuseBody(context: ChannelHandlerContext) {
        refuse(413, "the body is larger than the \(bodyLimit) bytes that this server takes", context: context)
    }

    func refuseForNow(context: ChannelHandlerContext) {
        refuse(503, "too many large requests at once; try again", headers: ["Retry-After": "1"], context: context)
    }

    func refuse(_ error: HTTPParserError, context: ChannelHandlerContext) {
        switch error {
        case .headerOverflow:
            refuse(431, "the header section is larger than this server takes", context: context)
        case .invalidEOFState, .closedConnection: close(context: context)
        default: refuse(400, "this is not an HTTP/1.1 request: \(error)", context: context)
        }
    }

    /// Answers before the handler was asked, then reads and throws away the rest, so that the answer is not lost in a
    /// connection reset (RFC 9112 section 9.6), and closes.
    func refuse(
        _ status: Int, _ message: String, headers: HTTPHeaders = [:], context: ChannelHandlerContext
    ) {
        guard phase != .discarding, phase != .closing, phase != .closed else { return }
        metrics?.countRefusal()
        phase = .discarding
        body = []
        giveBackBody()
        var headers = headers
        let (type, text) = refusal(status, message)
        headers.add(name: "Content-Type", value: type)
        var buffer = context.channel.allocator.buffer(capacity: 256 + text.count)
        ResponseEncoder.write(
            status: status, headers: headers, framing: .length(text.count), closes: true, into: &buffer)
        if head.method != .HEAD { buffer.writeBytes(text) }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        setDeadline(limits.lingerTimeout, context: context)
    }

    // MARK: Ends

    private func mustClose(after headers: HeaderFields) -> Bool {
        !keepsAlive || stage > .open || headers["connection"]?.lowercased() == "close"
    }

    private func complete(with buffer: ByteBuffer, closes: Bool, context: ChannelHandlerContext) {
        giveBackBody()
        guard closes else {
            phase = .idle
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
            setDeadline(context.channel.isWritable ? limits.idleTimeout : limits.writeTimeout, context: context)
            return goOn(context: context)
        }
        phase = .closing
        setDeadline(limits.writeTimeout, context: context)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(buffer)).whenComplete { _ in
            guard let context = bound.value.context else { return }
            bound.value.close(context: context)
        }
    }
}
