internal import Glibc
internal import Synchronization

/// Sockets in other network namespaces: a socket belongs to the namespace that its thread was in when it was made.
enum NamespaceSocket {
    private typealias SetNamespace = @convention(c) (Int32, Int32) -> Int32
    private static let networkNamespace: Int32 = 0x4000_0000

    /// A TCP socket that is bound to an address of the namespace at `path`, such as `/proc/17/ns/net`. The caller closes
    /// it. Throws ``SystemError``.
    static func bound(to address: String, port: Int, in path: String) async throws -> Int32 {
        let result = Mutex<Result<Int32, SystemError>>(.failure(SystemError("cannot start a thread", code: EAGAIN)))
        // The thread ends with this, so that its being elsewhere matters to nobody.
        await DetachedThread.perform {
            do throws(SystemError) {
                let descriptor = try bind(address, port, path)
                result.withLock { $0 = .success(descriptor) }
            } catch {
                result.withLock { $0 = .failure(error) }
            }
        }
        return try result.withLock { try $0.get() }
    }

    private static func bind(_ address: String, _ port: Int, _ path: String) throws(SystemError) -> Int32 {
        let namespace = open(path, O_RDONLY | O_CLOEXEC)
        guard namespace >= 0 else { throw SystemError("cannot open \(path)") }
        defer { close(namespace) }
        // The headers show setns(2) only to programs that ask for all of glibc.
        guard let symbol = dlsym(nil, "setns") else { throw SystemError("cannot find setns", code: ENOSYS) }
        guard unsafeBitCast(symbol, to: SetNamespace.self)(namespace, networkNamespace) == 0 else {
            throw SystemError("cannot enter \(path)")
        }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("cannot make a socket") }
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        inet_pton(AF_INET, address, &place.sin_addr)
        let code = withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            let error = SystemError("cannot listen on \(address):\(port)")
            close(descriptor)
            throw error
        }
        return descriptor
    }
}
