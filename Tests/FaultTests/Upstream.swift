import Foundation
import TestSupport

/// One request to the real server and its answer, read piece by piece; blocks its thread.
final class Upstream {
    private let descriptor: Int32
    private let channel: TLSChannel
    private var raw: [UInt8] = []
    private var isEnded = false
    private var isChunked = false
    private var left = Int.max
    private(set) var status = 0

    /// Sends the request to 127.0.0.1 and reads the head of the answer; `nil` when there is none.
    init?(_ request: ScriptedServer.Request, port: Int, _ identity: TLSChannel.Identity) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let descriptor = descriptor
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected, let channel = TLSChannel(descriptor, identity, isServer: false) else {
            close(descriptor)
            return nil
        }
        self.channel = channel
        var pause = timeval(tv_sec: 0, tv_usec: 100_000)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &pause, socklen_t(MemoryLayout<timeval>.size))
        var head = "\(request.method) \(request.target) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        for name in ["accept", "content-type"] { head += request.headers[name].map { "\(name): \($0)\r\n" } ?? "" }
        let bytes = Array("\(head)Content-Length: \(request.body.count)\r\n\r\n".utf8) + request.body
        guard bytes.withUnsafeBytes({ channel.send($0) }) == bytes.count, readHead() else { return nil }
    }

    deinit { close(descriptor) }

    private func readHead() -> Bool {
        while true {
            if let end = raw.firstRange(of: Array("\r\n\r\n".utf8)) {
                let lines = String(decoding: raw[..<end.lowerBound], as: UTF8.self).lowercased().split(
                    separator: "\r\n")
                raw.removeSubrange(..<end.upperBound)
                status = Int(lines.first?.split(separator: " ").dropFirst().first ?? "") ?? 0
                isChunked = lines.contains { $0.hasPrefix("transfer-encoding:") && $0.contains("chunked") }
                let length = lines.first { $0.hasPrefix("content-length:") }
                left = length.flatMap { Int($0.dropFirst(15).filter { !$0.isWhitespace }) } ?? Int.max
                return status > 0
            }
            guard fill() != nil else { return false }
        }
    }

    /// `nil` at the end, else whether anything came.
    private func fill() -> Bool? {
        switch channel.read() {
        case .bytes(let bytes):
            raw += bytes
            return true
        case .nothingYet: return false
        case .end: return nil
        }
    }

    /// The next bytes of the body; empty when none have come for a tenth of a second, `nil` at the end.
    func next() -> [UInt8]? {
        if isEnded || (!isChunked && left == 0) { return nil }
        if !isChunked, !raw.isEmpty {
            defer { raw = [] }
            if left != Int.max { left -= raw.count }
            return raw
        }
        if isChunked, let chunk = takeChunk() {
            isEnded = chunk.isEmpty
            return isEnded ? nil : chunk
        }
        guard fill() != nil else {
            isEnded = true
            return nil
        }
        return []
    }

    private func takeChunk() -> [UInt8]? {
        guard let line = raw.firstRange(of: [13, 10]),
            let size = Int(String(decoding: raw[..<line.lowerBound], as: UTF8.self), radix: 16),
            raw.count >= line.upperBound + size + 2
        else { return nil }
        defer { raw.removeSubrange(..<(line.upperBound + size + 2)) }
        return Array(raw[line.upperBound..<(line.upperBound + size)])
    }

    /// The whole body.
    func whole() -> [UInt8] {
        var body: [UInt8] = []
        while let piece = next() { body += piece }
        return body
    }
}
