import Glibc
import LocalAPIServer

/// What tells a cluster's addresses from those of others that run at the same time on one machine, or the services of one
/// would answer for those of another.
struct ServiceNetwork: Sendable {
    /// The number of the cluster, 0...31.
    let index: Int
    /// The loopback network for the addresses of services of a cluster whose pods use the machine's network.
    /// Such as `127.96.0.0/16`.
    let range: String

    private static let seconds = UInt8(96)...UInt8(127)
    private static let markPort = UInt16(10256)

    /// Takes a network that no other cluster has, for as long as this process lives: who listens on its last address has
    /// it. Clusters with a `file` get the one that they had before; new ones choose from the end, where nobody else is
    /// likely to be when they come back. Throws ``ClusterProblem`` when it or all are taken.
    init(keptIn file: ClusterFile?) async throws {
        if let known = try await file?.facts()["network"], let index = UInt8(String(decoding: known, as: UTF8.self)) {
            let second = Self.seconds.lowerBound + index % UInt8(Self.seconds.count)
            guard Self.take(second) != nil else {
                throw ClusterProblem(
                    "another cluster has this one's network (127.\(second).0.0/16): end it and start this one again")
            }
            self.init(second)
            return
        }
        for second in file == nil ? Array(Self.seconds) : Self.seconds.reversed() where Self.take(second) != nil {
            self.init(second)
            try await file?.keep("network", Array("\(index)".utf8))
            return
        }
        throw ClusterProblem("all \(Self.seconds.count) networks for services are taken by clusters that run; end some")
    }

    private init(_ second: UInt8) {
        index = Int(second - Self.seconds.lowerBound)
        range = "127.\(second).0.0/16"
    }

    /// Calls `body` with the numbers of clusters that do not run, each taken for as long as that lasts.
    static func withUnused(_ body: (Int) async -> Void) async {
        for second in seconds {
            guard let mark = take(second) else { continue }
            await body(Int(second - seconds.lowerBound))
            close(mark)
        }
    }

    /// The descriptor whose being open marks a network as taken; nil if another has it.
    private static func take(_ second: UInt8) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = markPort.bigEndian
        address.sin_addr.s_addr = (UInt32(127) << 24 | UInt32(second) << 16 | 0xfffe).bigEndian
        let isTaken = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 && listen(descriptor, 1) == 0
            }
        }
        if isTaken { return descriptor }
        close(descriptor)
        return nil
    }
}
