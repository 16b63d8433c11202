import NIOCore
import NIOHTTP1

/// The event-loop half of a connection: gathers requests, enforces limits and times, writes responses in order.
///
/// One request is in hand at a time. While it is answered, nothing more is read from the socket, so a client that
/// pipelines is held back by TCP; what had arrived already waits in `pending`.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = Never
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase: Equatable {
        /// No request has come yet; includes the TLS handshake.
        case opening
        /// Between requests.
        case idle
        /// Bytes of a request have come, but not its whole header section.
        case readingHead
        case readingBody
        /// The request is with the handler.
        case answering
        case streaming
        /// The connection is a WebSocket now, and its frames pass through this handler.
        case upgraded
        /// Refused, or told to close: the rest of what the client sends is thrown away.
        case discarding
        /// The last response is on its way out.
        case closing
        case closed
    }

    let limits: ServerLimits
    let budget: BodyBudget
    let refusal: ServerConfiguration.RefusalBody
    let metrics: ServerMetrics?
    let mailbox = Mailbox()
    let outbox = Outbox()
    /// Opens when nothing is left to answer: the client is gone, or a stream must end because the server drains.
    let abort = Gate()

    var phase = Phase.opening
    var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
    var body: [UInt8] = []
    var bodyLimit = 0
    /// How much of the budget the request in hand has taken.
    var bodyBytesTaken = 0
    var keepsAlive = true
    var hasReceived = false
    var stage = DrainStage.open
    /// Whether HTTP is over on this connection.
    var isUpgraded = false
    var peer: PeerIdentity?
    var hasLookedForPeer = false
    /// Parts and the parser's error that arrived while a request was in hand.
    var pending = CircularBuffer<HTTPServerRequestPart>()
    var pendingError: HTTPParserError?
    var isReadWanted = false
    var timer = DeadlineTimer()
    var context: ChannelHandlerContext?

    init(configuration: ServerConfiguration, budget: BodyBudget, metrics: ServerMetrics?) {
        limits = configuration.limits
        refusal = configuration.refusal
        self.budget = budget
        self.metrics = metrics
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        setDeadline(limits.headerTimeout, context: context)
    }

    func handlerRemoved(context: ChannelHandlerContext) { finish() }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isUpgraded { return context.fireChannelRead(data) }
        let part = unwrapInboundIn(data)
        if isBusy || !pending.isEmpty {
            pending.append(part)
        } else {
            process(part, context: context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        hasReceived = true
        if phase == .idle {
            phase = .readingHead
            setDeadline(limits.headerTimeout, context: context)
        }
        noteTraffic(context: context)
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if isBusy { isReadWanted = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        outbox.setWritable(isWritable)
        switch phase {
        case .answering, .streaming, .upgraded, .idle, .readingHead, .closing, .discarding:
            if !isWritable {
                setDeadline(limits.writeTimeout, context: context)
            } else if phase == .upgraded {
                noteTraffic(context: context)
            } else if phase == .idle {
                setDeadline(limits.idleTimeout, context: context)
            } else if phase == .answering || phase == .streaming {
                setDeadline(nil, context: context)
            }
        case .opening, .readingBody, .closed: break
        }
        if isWritable { goOn(context: context) }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            context.close(promise: nil)
            return
        }
        if isBusy || !pending.isEmpty { pendingError = error } else { refuse(error, context: context) }
    }

    // MARK: Going on and ending

    /// Whether a request is in hand or its response not yet taken by the socket.
    private var isBusy: Bool {
        switch phase {
        case .answering, .streaming: true
        case .idle: context.map { !$0.channel.isWritable } ?? false
        default: false
        }
    }

    /// The request in hand is answered or given up, so its body no longer counts.
    func giveBackBody() {
        budget.giveBack(bodyBytesTaken)
        bodyBytesTaken = 0
    }

    /// Takes up what arrived meanwhile, then lets the socket be read again.
    func goOn(context: ChannelHandlerContext) {
        while !isBusy, let part = pending.popFirst() { process(part, context: context) }
        guard !isBusy else { return }
        if let error = pendingError.take() { return refuse(error, context: context) }
        if isReadWanted {
            isReadWanted = false
            context.read()
        }
    }

    /// The server stops: from the last stage on nothing new is taken, and streams are ended.
    func enter(_ stage: DrainStage) {
        guard let context, self.stage < stage else { return }
        self.stage = stage
        guard stage == .draining else { return }
        switch phase {
        case .opening, .idle: close(context: context)
        case .streaming: abort.open()
        case .upgraded: context.triggerUserOutboundEvent(WebSocketClosure.goingAway, promise: nil)
        case .readingHead, .readingBody, .answering, .discarding, .closing, .closed: break
        }
    }

    func close(context: ChannelHandlerContext) {
        guard phase != .closed else { return }
        context.close(promise: nil)
    }

    private func finish() {
        guard phase != .closed else { return }
        phase = .closed
        timer.cancel()
        pending.removeAll()
        giveBackBody()
        mailbox.finish()
        outbox.close()
        abort.open()
        context = nil
    }

    // MARK: Time

    func setDeadline(_ duration: Duration?, context: ChannelHandlerContext) {
        timer.set(duration, on: context.eventLoop, fire: makeFire(context: context))
    }

    private func makeFire(context: ChannelHandlerContext) -> @Sendable () -> Void {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        return { bound.value.deadlineMayHaveCome() }
    }

    private func deadlineMayHaveCome() {
        guard let context, timer.hasExpired(on: context.eventLoop, fire: makeFire(context: context)) else { return }
        switch phase {
        case .readingHead where hasReceived, .opening where hasReceived:
            refuse(408, "the header section did not arrive within \(limits.headerTimeout)", context: context)
        case .readingBody:
            refuse(408, "the body did not arrive within \(limits.bodyTimeout)", context: context)
        case .upgraded where context.channel.isWritable:
            context.triggerUserOutboundEvent(WebSocketClosure.idle, promise: nil)
        default: close(context: context)
        }
    }
}
