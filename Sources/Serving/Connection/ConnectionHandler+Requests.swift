import Cryptography
import NIOCore
import NIOHTTP1
import NIOSSL

extension ConnectionHandler {
    /// Takes the next part of a request.
    func process(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch (part, phase) {
        case (.head(let head), .opening), (.head(let head), .idle), (.head(let head), .readingHead):
            begin(head, context: context)
        case (.body(let bytes), .readingBody):
            guard body.count + bytes.readableBytes <= bodyLimit else {
                return refuseBody(context: context)
            }
            guard budget.take(bytes.readableBytes) else { return refuseForNow(context: context) }
            bodyBytesTaken += bytes.readableBytes
            body.append(contentsOf: bytes.readableBytesView)
        case (.end, .readingBody):
            dispatch(context: context)
        case (.end, .discarding):
            close(context: context)
        default: break
        }
    }

    private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        self.head = head
        body = []
        // After an upgrade request the parser stops, so nothing can follow the response.
        keepsAlive = head.isKeepAlive && head.method != .CONNECT && !head.headers.contains(name: "upgrade")
        bodyLimit = limits.maximumBodyBytes(path: String(head.uri.prefix { $0 != "?" }))
        if head.version == .http1_1 && head.headers["host"].count != 1 {
            return refuse(400, "a request needs exactly one Host field", context: context)
        }
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }) {
            guard length <= bodyLimit else { return refuseBody(context: context) }
            body.reserveCapacity(length)
        }
        if let expectation = head.headers.first(name: "expect") {
            guard expectation.lowercased() == "100-continue" else {
                return refuse(417, "the only expectation that can be met is 100-continue", context: context)
            }
            var buffer = context.channel.allocator.buffer(capacity: 32)
            buffer.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        }
        phase = .readingBody
        setDeadline(limits.bodyTimeout, context: context)
    }

    private func dispatch(context: ChannelHandlerContext) {
        let target = RequestTarget(head.uri)
        if !hasLookedForPeer {
            hasLookedForPeer = true
            peer = Self.peer(context: context)
        }
        var request = ServerRequest(
            method: head.method.rawValue, path: target.path, query: target.query, headers: HeaderFields(head.headers),
            body: body, peer: peer)
        request.isDraining = stage > .open
        body = []
        phase = .answering
        setDeadline(nil, context: context)
        mailbox.deliver(request)
    }

    /// The subject of the client's certificate. The TLS layer verified it, or the handshake would have failed.
    private static func peer(context: ChannelHandlerContext) -> PeerIdentity? {
        guard let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self),
            let der = try? handler.peerCertificate?.toDERBytes(),
            let certificate = try? X509Certificate(der: der), let name = certificate.commonName
        else { return nil }
        return PeerIdentity(commonName: name, organizations: certificate.organizations)
    }
}
