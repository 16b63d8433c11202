internal import NIOCore
internal import NIOPosix

/// One half of a relay: what its channel receives goes to the other channel, which is read only as fast as this one takes.
/// Both channels are on one event loop.
final class RelayHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let other: any Channel
    private var hasEndedInput = false

    private init(other: any Channel) { self.other = other }

    /// The halves for two channels.
    static func pair(_ left: any Channel, _ right: any Channel) -> (RelayHandler, RelayHandler) {
        (RelayHandler(other: right), RelayHandler(other: left))
    }

    /// Joins a connection with one to `backend`; without one it is reset, as a cluster does.
    static func connect(_ inbound: any Channel, to backend: Backend?) -> EventLoopFuture<Void> {
        guard let backend else {
            return inbound.eventLoop.makeFailedFuture(ChannelError.connectTimeout(.zero))
        }
        let bootstrap = ClientBootstrap(group: inbound.eventLoop)
            .connectTimeout(.seconds(10))
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: false)
        return bootstrap.connect(host: backend.address, port: backend.port).flatMapThrowing { outbound in
            let (left, right) = RelayHandler.pair(inbound, outbound)
            try inbound.pipeline.syncOperations.addHandler(left)
            try outbound.pipeline.syncOperations.addHandler(right)
            outbound.read()
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { context.read() }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        let channel = context.channel
        other.writeAndFlush(buffer).whenComplete { result in
            if case .failure = result { channel.close(promise: nil) } else { channel.read() }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            hasEndedInput = true
            other.close(mode: .output, promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
