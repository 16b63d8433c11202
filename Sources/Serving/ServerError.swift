/// Why a server cannot start, or why it cut a connection.
package enum ServerError: Error, Hashable, CustomStringConvertible {
    /// A file cannot be read: its path and the reason.
    case unreadableFile(path: String, reason: String)
    /// A certificate, key or authority cannot be used: which and why.
    case unusableCertificate(String)
    /// The address cannot be listened on.
    case cannotListen(host: String, port: Int, reason: String)
    /// The client closed the connection, or was cut off, before the response was complete.
    case clientGone

    package var description: String {
        switch self {
        case .unreadableFile(let path, let reason): "cannot read \(path): \(reason)"
        case .unusableCertificate(let reason): reason
        case .cannotListen(let host, let port, let reason):
            "cannot listen on \(host) port \(port): \(reason). Choose another address or stop what listens there"
        case .clientGone: "the client closed the connection before the response was complete"
        }
    }
}
