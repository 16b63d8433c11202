import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension ScriptedServer {
    /// One accepted connection, used on its own thread.
    package final class Connection: Sendable {
        private struct State {
            var descriptor: Int32
            var pending: [UInt8] = []
        }

        private let state: Mutex<State>

        private let channel: (any ByteChannel)?

        init(_ descriptor: Int32, _ channel: (any ByteChannel)?) {
            state = Mutex(State(descriptor: descriptor))
            self.channel = channel
        }

        deinit { close() }

        /// Whether ``close()`` or ``reset()`` was called.
        package var isClosed: Bool { descriptor < 0 }

        private var descriptor: Int32 { state.withLock { $0.descriptor } }

        /// Sends bytes as they are; `false` when the client has gone.
        @discardableResult
        package func send(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    channel?.send($0) ?? Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return false }
                sent += count
            }
            return true
        }

        /// Sends text as it is.
        @discardableResult
        package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

        /// Sends a whole response.
        package func respond(_ status: Int, _ body: String = "", headers: [(String, String)] = []) {
            let fields = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
            send("HTTP/1.1 \(status) Some Reason\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }

        /// Sends the head of a response in chunks; go on with ``chunk(_:)``.
        package func begin(_ status: Int = 200, headers: [(String, String)] = []) {
            let fields = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
            send("HTTP/1.1 \(status) Some Reason\r\n\(fields)Transfer-Encoding: chunked\r\n\r\n")
        }

        /// Sends one chunk; an empty one ends the response. `false` when the client has gone.
        @discardableResult
        package func chunk(_ text: String) -> Bool {
            send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
        }

        /// Ends the connection in good order.
        package func close() {
            let descriptor = state.withLock { state in
                defer { state.descriptor = -1 }
                return state.descriptor
            }
            guard descriptor >= 0 else { return }
            channel?.end()
            _ = Glibc.close(descriptor)
        }

        /// Ends the connection with a reset, so that the client gets an error at once.
        package func reset() {
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
            close()
        }

        /// Waits until the client closes its side; `false` when it has not within a minute.
        @discardableResult
        package func waitForClientToClose() -> Bool {
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&poller, 1, 60_000) > 0 else { return false }
            var byte: UInt8 = 0
            return recv(descriptor, &byte, 1, Int32(MSG_PEEK)) <= 0
        }

        /// Whether the client has closed its side, when it has nothing to send.
        package var isClientGone: Bool {
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            return poll(&poller, 1, 0) != 0
        }

        func readRequest(_ number: Int) -> Request? {
            guard let head = read(until: Array("\r\n\r\n".utf8)) else { return nil }
            var lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
            guard !lines.isEmpty else { return nil }
            let first = lines.removeFirst().split(separator: " ")
            guard first.count == 3 else { return nil }
            var headers: [String: String] = [:]
            for line in lines {
                guard let colon = line.firstIndex(of: ":") else { continue }
                let value = line[line.index(after: colon)...].drop { $0 == " " }
                headers[line[..<colon].lowercased()] = String(value)
            }
            guard let body = read(count: headers["content-length"].flatMap { Int($0) } ?? 0) else { return nil }
            return Request(
                method: String(first[0]), target: String(first[1]), headers: headers, body: body, connection: number)
        }

        private func read(until end: [UInt8]) -> [UInt8]? {
            while true {
                let found = state.withLock { state -> [UInt8]? in
                    guard state.pending.count >= end.count else { return nil }
                    for start in 0...(state.pending.count - end.count)
                    where state.pending[start..<(start + end.count)].elementsEqual(end) {
                        let head = Array(state.pending[..<start])
                        state.pending.removeFirst(start + end.count)
                        return head
                    }
                    return nil
                }
                if let found { return found }
                if !receive() { return nil }
            }
        }

        private func read(count: Int) -> [UInt8]? {
            while state.withLock({ $0.pending.count < count }) {
                if !receive() { return nil }
            }
            return state.withLock { state in
                defer { state.pending.removeFirst(count) }
                return Array(state.pending.prefix(count))
            }
        }

        private func receive() -> Bool {
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            let count = buffer.withUnsafeMutableBytes { bytes in
                channel?.receive(bytes) ?? recv(descriptor, bytes.baseAddress, bytes.count, 0)
            }
            guard count > 0 else { return false }
            state.withLock { $0.pending += buffer.prefix(count) }
            return true
        }
    }
}
