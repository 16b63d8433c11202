import NIOCore
import NIOWebSocket

/// Makes messages of a client's frames and finds what breaks the protocol. Source: RFC 6455 sections 5 to 7.
struct MessageAssembler {
    enum Outcome: Equatable {
        /// More frames are needed, or nothing is to be done.
        case nothing
        case message([UInt8])
        case ping(ByteBuffer)
        /// The client closes, with this payload.
        case close(ByteBuffer)
        case violation(WebSocketClosure)
    }

    /// Largest message in bytes.
    let limit: Int
    /// The opcode of the message whose frames are coming.
    private var opcode: WebSocketOpcode?
    private var bytes: [UInt8] = []

    init(limit: Int) { self.limit = limit }

    mutating func take(_ frame: WebSocketFrame) -> Outcome {
        // No extension is ever agreed on, and clients must mask.
        guard frame.maskKey != nil, frame.reservedBits.isEmpty else { return .violation(.protocolError) }
        switch frame.opcode {
        case .ping: return .ping(frame.unmaskedData)
        case .pong: return .nothing
        case .connectionClose: return Self.close(frame.unmaskedData)
        case .text where opcode == nil, .binary where opcode == nil: opcode = frame.opcode
        case .continuation where opcode != nil: break
        default: return .violation(.protocolError)
        }
        guard bytes.count + frame.length <= limit else { return .violation(.tooLarge) }
        bytes += frame.unmaskedData.readableBytesView
        guard frame.fin else { return .nothing }
        defer { (opcode, bytes) = (nil, []) }
        if opcode == .text, !Self.isText(bytes) { return .violation(.invalidText) }
        return .message(bytes)
    }

    private static func close(_ payload: ByteBuffer) -> Outcome {
        var rest = payload
        if payload.readableBytes == 0 { return .close(payload) }
        switch rest.readInteger(as: UInt16.self) {
        case 1000?, 1001?, 1002?, 1003?, 1007?, 1008?, 1009?, 1010?, 1011?, (3000...4999)?: break
        default: return .violation(.protocolError)
        }
        return isText(Array(rest.readableBytesView)) ? .close(payload) : .violation(.invalidText)
    }

    private static func isText(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }
}
