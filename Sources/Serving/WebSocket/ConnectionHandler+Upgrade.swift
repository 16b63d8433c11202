import NIOCore
import NIOHTTP1
import NIOWebSocket

extension ConnectionHandler {
    /// How many messages wait for the handler before the client is held back, and from where on it may send again.
    private static let backPressure = NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark(
        lowWatermark: 1, highWatermark: 4)

    /// Answers the request in hand with 101 and speaks WebSocket from now on. Throws ``ServerError/clientGone``.
    func upgrade(headers: HeaderFields) throws -> NIOAsyncChannel<[UInt8], [UInt8]> {
        guard phase == .answering, let context else { throw ServerError.clientGone }
        metrics?.countResponse(101)
        giveBackBody()
        phase = .upgraded
        isUpgraded = true
        pending.removeAll()
        var buffer = context.channel.allocator.buffer(capacity: 256)
        ResponseEncoder.write(
            status: 101, headers: headers.storage, framing: .upgrade, closes: false, into: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        let pipeline = context.pipeline.syncOperations
        pipeline.removeHandler(
            context: try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self), promise: nil)
        try pipeline.addHandlers(
            [
                WebSocketFrameEncoder(),
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: limits.maximumMessageBytes)),
                WebSocketHandler(maximumMessageBytes: limits.maximumMessageBytes),
            ], position: .before(self))
        let channel = try NIOAsyncChannel<[UInt8], [UInt8]>(
            wrappingChannelSynchronously: context.channel, configuration: .init(backPressureStrategy: Self.backPressure)
        )
        noteTraffic(context: context)
        if stage == .draining { context.triggerUserOutboundEvent(WebSocketClosure.goingAway, promise: nil) }
        goOn(context: context)
        return channel
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        noteTraffic(context: context)
        context.write(data, promise: promise)
    }

    /// A WebSocket that is used is not idle.
    func noteTraffic(context: ChannelHandlerContext) {
        guard phase == .upgraded, context.channel.isWritable else { return }
        setDeadline(limits.webSocketIdleTimeout, context: context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if phase == .upgraded, event as? ChannelEvent == .inputClosed {
            // A Close frame is on its way: the client gets a moment to read it, lest a reset overtakes it.
            phase = .discarding
            setDeadline(limits.lingerTimeout, context: context)
            abort.open()
        }
        context.fireUserInboundEventTriggered(event)
    }
}
