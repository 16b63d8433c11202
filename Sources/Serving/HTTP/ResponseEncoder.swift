import NIOCore
import NIOHTTP1

/// Writes response heads and chunks as HTTP/1.1 (RFC 9112), straight into one buffer.
enum ResponseEncoder {
    /// How the end of a body is told.
    enum Framing: Equatable {
        case length(Int)
        case chunked
        /// The end of the connection, for HTTP/1.0 clients.
        case untilClose
        /// No body: another protocol follows (101).
        case upgrade
    }

    /// The status line, the handler's fields, framing fields and the empty line.
    static func write(
        status: Int, headers: HTTPHeaders, framing: Framing, closes: Bool, into buffer: inout ByteBuffer
    ) {
        let status = (200...599).contains(status) || framing == .upgrade ? status : 500
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(status))
        buffer.writeStaticString(" ")
        buffer.writeString(HTTPResponseStatus(statusCode: status).reasonPhrase)
        buffer.writeStaticString("\r\n")
        for field in headers where !isFraming(field.name) && isSafe(field.name) && isSafe(field.value) {
            buffer.writeString(field.name)
            buffer.writeStaticString(": ")
            buffer.writeString(field.value)
            buffer.writeStaticString("\r\n")
        }
        switch framing {
        case .length(let count):
            if status != 204 && status != 304 {
                buffer.writeStaticString("Content-Length: ")
                buffer.writeString(String(count))
                buffer.writeStaticString("\r\n")
            }
        case .chunked: buffer.writeStaticString("Transfer-Encoding: chunked\r\n")
        case .untilClose: break
        case .upgrade: buffer.writeStaticString("Connection: Upgrade\r\n")
        }
        buffer.writeStaticString("Date: ")
        buffer.writeString(HTTPDate.now())
        buffer.writeStaticString("\r\n")
        if closes { buffer.writeStaticString("Connection: close\r\n") }
        buffer.writeStaticString("\r\n")
    }

    /// One chunk; nothing for no bytes, because an empty chunk would end the body.
    static func writeChunk(_ bytes: [UInt8], into buffer: inout ByteBuffer) {
        guard !bytes.isEmpty else { return }
        buffer.writeString(String(bytes.count, radix: 16))
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(bytes)
        buffer.writeStaticString("\r\n")
    }

    static func writeLastChunk(into buffer: inout ByteBuffer) { buffer.writeStaticString("0\r\n\r\n") }

    private static func isFraming(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: name.lowercased() == "date"
        case 10: name.lowercased() == "connection"
        case 14: name.lowercased() == "content-length"
        case 17: name.lowercased() == "transfer-encoding"
        default: false
        }
    }

    /// A field with a control character could end the head early (response splitting), so it is left out.
    private static func isSafe(_ text: String) -> Bool {
        text.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7f) || $0 == 0x09 }
    }
}
