import Foundation
import TestSupport

/// Hands one request on and its answer back, with at most one fault. Blocks the connection's thread.
struct Relay: Sendable {
    var request: ScriptedServer.Request
    var connection: ScriptedServer.Connection
    var port: Int
    var upstream: TLSChannel.Identity
    /// When the proxy's epoch is another, the connection is cut.
    var epoch: Int
    var seed: UInt64

    func run(_ fault: Fault?, isCurrent: () -> Bool) {
        if let answer = fault?.answer { return connection.respond(answer.status, answer.body, headers: answer.headers) }
        switch fault {
        case .reset: return connection.reset()
        case .cutBeforeAnswer: return connection.close()
        case .cutInHead:
            var generator = SeededGenerator(seed: seed)
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
            connection.send(String(head.prefix(Int.random(in: 1..<head.count, using: &generator))))
            return connection.close()
        case .stall: return wait(isCurrent)
        default: break
        }
        guard let answer = Upstream(request, port: port, upstream) else { return connection.reset() }
        if request.query("watch") == "true", answer.status < 300 {
            relayWatch(answer, fault, isCurrent)
        } else {
            relayWhole(answer, fault)
        }
    }

    private func wait(_ isCurrent: () -> Bool) {
        while isCurrent(), !connection.isClientGone { usleep(20_000) }
        connection.close()
    }

    private func relayWhole(_ answer: Upstream, _ fault: Fault?) {
        let body = answer.whole()
        let type = fault == .wrongType ? "text/plain" : "application/json"
        let head = "HTTP/1.1 \(answer.status) OK\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n\r\n"
        switch fault {
        case .lostAnswer: connection.reset()
        case .cutInBody:
            var generator = SeededGenerator(seed: seed)
            connection.send(Array(head.utf8) + body.prefix(Int.random(in: 0..<max(1, body.count), using: &generator)))
            connection.close()
        default: connection.send(Array(head.utf8) + body)
        }
    }

    private func relayWatch(_ answer: Upstream, _ fault: Fault?, _ isCurrent: () -> Bool) {
        connection.begin(headers: [("Content-Type", fault == .wrongType ? "text/plain" : "application/json")])
        var generator = SeededGenerator(seed: seed)
        var countdown = Int.random(in: 0..<4, using: &generator)
        var fault = fault
        var held: [UInt8]?
        var buffer: [UInt8] = []
        var silent = 0
        while isCurrent(), !connection.isClientGone {
            guard let piece = answer.next() else {
                connection.chunk("")
                return
            }
            buffer += piece
            silent = piece.isEmpty ? silent + 1 : 0
            if silent >= 3, let late = held {
                send(late)
                held = nil
            }
            // A fault that waits for an event that does not come is done without one.
            if silent >= 3, let due = fault, due != .duplicated, due != .reordered {
                fault = nil
                guard harm(due, Array(#"{"type":"BOOKMARK","object":{}}"#.utf8), &generator, isCurrent) else { return }
            }
            while let end = buffer.firstIndex(of: 10) {
                let line = Array(buffer[...end])
                buffer.removeSubrange(...end)
                countdown -= 1
                guard countdown < 0, let due = fault else {
                    send(line)
                    if let late = held { send(late) }
                    held = nil
                    continue
                }
                // A watch that goes on after its fault ends some events later.
                fault = .endedSoon
                countdown = Int.random(in: 1..<5, using: &generator)
                switch due {
                case .duplicated:
                    send(line)
                    send(line)
                case .reordered: held = line
                default: guard harm(due, line, &generator, isCurrent) else { return }
                }
            }
        }
        connection.reset()
    }

    private func send(_ line: [UInt8]) {
        connection.send(Array("\(String(line.count, radix: 16))\r\n".utf8) + line + [13, 10])
    }

    /// Harms the stream instead of sending a line, or with it; whether it goes on.
    private func harm(
        _ fault: Fault, _ line: [UInt8], _ generator: inout SeededGenerator, _ isCurrent: () -> Bool
    ) -> Bool {
        let size = "\(String(line.count, radix: 16))\r\n"
        let part = line.prefix(Int.random(in: 1..<line.count, using: &generator))
        switch fault {
        case .cutInChunkSize: connection.send(String(size.prefix(Int.random(in: 1..<size.count, using: &generator))))
        case .cutInLine: connection.send(Array(size.utf8) + part)
        case .cutBetweenLines: send(line)
        case .endedSoon:
            send(line)
            connection.chunk("")
            return false
        case .silence:
            wait(isCurrent)
            return false
        case .halfLine:
            connection.send(Array(size.utf8) + part)
            wait(isCurrent)
            return false
        case .brokenLine: send(Array(part.dropLast(part.count > 1 ? 1 : 0)) + [10])
        case .badChunk: connection.send("zz\r\n")
        case .longLine:
            let piece = String(repeating: "x", count: 1 << 20)
            for _ in 0..<17 where connection.chunk(piece) {}
        case .goneEvent, .errorEvent:
            let status = (fault == .goneEvent ? Fault.goneAnswer : .internalError).answer?.body ?? ""
            connection.chunk(#"{"type":"ERROR","object":\#(status)}"# + "\n")
            connection.chunk("")
            return false
        default:
            send(line)
            return true
        }
        connection.close()
        return false
    }
}
