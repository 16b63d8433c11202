import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What an accepted connection speaks below HTTP, such as TLS. Used on the connection's own thread; may block.
package protocol ByteChannel: Sendable {
    /// Sends some of the bytes; how many, or at most 0 when the client has gone.
    func send(_ bytes: UnsafeRawBufferPointer) -> Int
    /// Receives some bytes; how many, or at most 0 at the end.
    func receive(_ buffer: UnsafeMutableRawBufferPointer) -> Int
    /// Says goodbye, if it can.
    func end()
}

/// A plain HTTP/1.1 server on 127.0.0.1 whose every byte the test decides: for answers that are slow, cut or malformed.
///
/// Each connection has a thread of its own, on which the handler may block. Connections stay open for further requests
/// until the handler closes them. The server lives as long as the test process.
package final class ScriptedServer: Sendable {
    /// A request as received.
    package struct Request: Sendable {
        /// The method, such as `GET`.
        package var method: String
        /// Path and query, as sent.
        package var target: String
        /// Header fields; names in lower case.
        package var headers: [String: String]
        /// The body, by its `Content-Length`.
        package var body: [UInt8]
        /// Which connection it came over, counted from 0.
        package var connection: Int

        /// The target without its query.
        package var path: String { String(target.prefix { $0 != "?" }) }
        /// The body as text.
        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// Thrown when the system refuses a socket.
    package struct Unavailable: Error {}

    /// The port it listens on.
    package let port: UInt16
    /// `http://127.0.0.1:port`.
    package var url: String { "http://127.0.0.1:\(port)" }

    private let log: Log

    /// The requests so far, in the order of arrival.
    package var requests: [Request] { log.requests.withLock { $0 } }

    private final class Log: Sendable {
        let requests = Mutex<[Request]>([])
    }

    /// Starts a server. The handler answers each request through its connection. `secure` is given each accepted socket
    /// and says how to speak over it; `nil` resets the connection.
    package init(
        secure: (@Sendable (Int32) -> (any ByteChannel)?)? = nil,
        _ handler: @escaping @Sendable (Request, Connection) -> Void
    ) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard listener >= 0, isBound else { throw Unavailable() }
        port = UInt16(bigEndian: address.sin_port)
        let log = Log()
        self.log = log
        OwnThread.run {
            var count = 0
            while true {
                let descriptor = accept(listener, nil, nil)
                if descriptor < 0 { return }
                let number = count
                count += 1
                OwnThread.run {
                    let channel = secure?(descriptor)
                    let connection = Connection(descriptor, channel)
                    if secure != nil, channel == nil { return connection.reset() }
                    while let request = connection.readRequest(number) {
                        log.requests.withLock { $0.append(request) }
                        handler(request, connection)
                        if connection.isClosed { break }
                    }
                    connection.close()
                }
            }
        }
    }

    /// A port on which nobody listens.
    package static func unusedPort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { _ = Glibc.close(descriptor) }
        var address = loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw Unavailable() }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}

/// Runs a body on a thread of its own, where it may block.
package enum OwnThread {
    private final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Returns at once.
    package static func run(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        let result = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        if result == 0 { pthread_detach(thread) } else { box.release() }
    }
}
