/// A WebSocket frame as a client sends it, right or wrong. Source: RFC 6455 section 5.2.
struct ClientFrame: Sendable, CustomStringConvertible {
    static let continuation: UInt8 = 0
    static let text: UInt8 = 1
    static let binary: UInt8 = 2
    static let close: UInt8 = 8
    static let ping: UInt8 = 9
    static let pong: UInt8 = 10

    var opcode: UInt8
    var payload: [UInt8] = []
    var isLast = true
    var isMasked = true
    /// RSV1 to RSV3 in the low bits.
    var reserved: UInt8 = 0
    /// The length that the head tells, where it is not the payload's.
    var toldLength: UInt64?

    init(_ opcode: UInt8, _ payload: [UInt8] = []) {
        self.opcode = opcode
        self.payload = payload
    }

    init(_ opcode: UInt8, _ text: String) { self.init(opcode, Array(text.utf8)) }

    /// A Close frame with a code.
    static func close(_ code: UInt16, _ reason: [UInt8] = []) -> ClientFrame {
        ClientFrame(close, [UInt8(code >> 8), UInt8(code & 255)] + reason)
    }

    func with(_ change: (inout ClientFrame) -> Void) -> ClientFrame {
        var copy = self
        change(&copy)
        return copy
    }

    var bytes: [UInt8] {
        var bytes = [(isLast ? 0x80 : 0) | reserved << 4 | opcode]
        let length = toldLength ?? UInt64(payload.count)
        let mark: UInt8 = isMasked ? 0x80 : 0
        switch length {
        case ..<126: bytes.append(mark | UInt8(length))
        case ..<65536: bytes += [mark | 126, UInt8(length >> 8), UInt8(length & 255)]
        default:
            bytes.append(mark | 127)
            bytes += (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
        }
        guard isMasked else { return bytes + payload }
        let mask: [UInt8] = [0x11, 0x22, 0x33, 0x44]
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    var description: String { "\(opcode) \(payload.count)" }
}
