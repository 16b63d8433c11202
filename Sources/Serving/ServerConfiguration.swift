/// Paths of a certificate and its key, both PEM. They are read again every second, so a rotation needs no restart.
package struct TLSFiles: Sendable, Hashable {
    /// The serving certificate, followed by its intermediates.
    package var certificateChain: String
    /// The unencrypted private key.
    package var privateKey: String

    /// Paths as `open(2)` takes them.
    package init(certificateChain: String, privateKey: String) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }
}

/// Where the serving certificate comes from.
package enum ServerTLS: Sendable, Hashable {
    /// Files that are followed while the server runs.
    case files(TLSFiles)
    /// PEM text in memory, fixed.
    case pem(certificateChain: [UInt8], privateKey: [UInt8])
    /// PEM text in memory that is followed while the server runs.
    case source(CertificateSource)
}

/// Whose client certificates are believed.
package struct ClientAuthority: Sendable, Hashable {
    /// PEM text of the authority, or a path that is followed like ``TLSFiles``.
    package enum Source: Sendable, Hashable {
        /// A PEM file with one or more certificates.
        case file(String)
        /// PEM text with one or more certificates.
        case pem([UInt8])
    }

    /// The authority's certificates.
    package var source: Source
    /// Whether a connection without a client certificate is refused in the handshake.
    package var isRequired: Bool

    /// By default a client may come without a certificate; then ``ServerRequest/peer`` is `nil`.
    package init(_ source: Source, isRequired: Bool = false) {
        self.source = source
        self.isRequired = isRequired
    }
}

/// Where and how a server listens.
package struct ServerConfiguration: Sendable {
    /// Where handlers run.
    package enum HandlerPlacement: Sendable, Hashable {
        /// On the connection's event loop: the quickest, for handlers that compute for well under a millisecond.
        case eventLoop
        /// On Swift's shared pool: for handlers that compute longer.
        case sharedPool
    }

    /// What the answer says that refuses a request before the handler sees it: a media type and the body.
    package typealias RefusalBody = @Sendable (_ status: Int, _ message: String) -> (type: String, body: [UInt8])

    /// The address to listen on, such as "0.0.0.0", "::" or "127.0.0.1".
    package var host: String
    /// The port, 0…65535; 0 takes any free one (see ``HTTPServer/started()``).
    package var port: Int
    /// The serving certificate; `nil` serves plain HTTP.
    package var tls: ServerTLS?
    /// The authority of client certificates; `nil` asks for none. Needs ``tls``.
    package var clientAuthority: ClientAuthority?
    /// Sizes and times.
    package var limits: ServerLimits
    /// Where handlers run.
    package var handlerPlacement: HandlerPlacement
    /// Where connections and responses are counted; `nil` counts nothing.
    package var metrics: MetricsRegistry?

    /// Told which certificate is shown; `nil` tells nobody.
    package var certificateMonitor: CertificateMonitor?
    /// The bodies of refusals; by default the message as text.
    package var refusal: RefusalBody = { ("text/plain; charset=utf-8", Array("\($1)\n".utf8)) }

    /// A configuration.
    package init(
        host: String, port: Int, tls: ServerTLS?, clientAuthority: ClientAuthority? = nil,
        limits: ServerLimits = ServerLimits(), handlerPlacement: HandlerPlacement = .sharedPool,
        metrics: MetricsRegistry? = nil, certificateMonitor: CertificateMonitor? = nil
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.clientAuthority = clientAuthority
        self.limits = limits
        self.handlerPlacement = handlerPlacement
        self.metrics = metrics
        self.certificateMonitor = certificateMonitor
    }
}
