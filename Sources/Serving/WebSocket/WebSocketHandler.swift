import NIOCore
import NIOWebSocket

/// Speaks the WebSocket protocol on an upgraded connection: messages above, frames below.
///
/// ``WebSocketClosure`` comes down as an event to close; `ChannelEvent.inputClosed` goes up once no message will follow.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = [UInt8]
    typealias OutboundIn = [UInt8]
    typealias OutboundOut = WebSocketFrame

    private var assembler: MessageAssembler
    /// Whether a Close frame was sent: nothing may follow it.
    private var hasClosed = false

    init(maximumMessageBytes: Int) { assembler = MessageAssembler(limit: maximumMessageBytes) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        if hasClosed {
            if frame.opcode == .connectionClose { context.close(promise: nil) }
            return
        }
        switch assembler.take(frame) {
        case .nothing: break
        case .message(let bytes): context.fireChannelRead(wrapInboundOut(bytes))
        case .ping(let payload): send(.pong, payload, context: context)
        case .close(let payload):
            close(payload, context: context)
            context.close(promise: nil)
        case .violation(let closure): close(closure, context: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: close(.tooLarge, context: context)
        case is NIOWebSocketError: close(.protocolError, context: context)
        // What follows a broken frame cannot be read.
        case ByteToMessageDecoderError.dataReceivedInErrorState: break
        default: context.fireErrorCaught(error)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !hasClosed else {
            promise?.fail(ServerError.clientGone)
            return
        }
        let bytes = context.channel.allocator.buffer(bytes: unwrapOutboundIn(data))
        context.write(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .binary, data: bytes)), promise: promise)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard let closure = event as? WebSocketClosure else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        close(closure, context: context)
        promise?.succeed(())
    }

    private func close(_ closure: WebSocketClosure, context: ChannelHandlerContext) {
        var payload = context.channel.allocator.buffer(capacity: 2 + closure.reason.utf8.count)
        payload.writeInteger(closure.code)
        payload.writeBytes(closure.reason.utf8.prefix(123))
        close(payload, context: context)
    }

    private func close(_ payload: ByteBuffer, context: ChannelHandlerContext) {
        guard !hasClosed else { return }
        send(.connectionClose, payload, context: context)
        hasClosed = true
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    private func send(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, context: ChannelHandlerContext) {
        context.writeAndFlush(
            wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: payload)), promise: nil)
    }
}
