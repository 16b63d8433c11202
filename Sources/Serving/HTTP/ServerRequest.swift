/// Who holds the client certificate of a connection; only made from certificates that the client authority verified.
package struct PeerIdentity: Sendable, Hashable {
    /// The subject's common name: the user name in Kubernetes.
    package var commonName: String
    /// The subject's organizations: the groups in Kubernetes.
    package var organizations: [String]

    /// An identity as written in a certificate.
    package init(commonName: String, organizations: [String]) {
        self.commonName = commonName
        self.organizations = organizations
    }
}

/// One complete HTTP request. The body has been read whole, within ``ServerLimits/maximumBodyBytes``.
package struct ServerRequest: Sendable {
    /// The method in upper case, as sent.
    package var method: String
    /// The path as sent, percent-encoding kept, without the query; starts with "/" (or is "*").
    package var path: String
    /// Names and values of the query in order, percent-decoded, "+" as space. An argument without "=" has the value "".
    package var query: [(String, String)]
    /// The header fields.
    package var headers: HeaderFields
    /// The body; empty when there is none.
    package var body: [UInt8]
    /// The verified client certificate's subject; `nil` without a certificate or a client authority.
    package var peer: PeerIdentity?
    /// Whether the server was told to stop; ``HealthEndpoints`` are not ready then.
    package var isDraining = false

    /// A request, for handlers and their tests.
    package init(
        method: String, path: String, query: [(String, String)] = [], headers: HeaderFields = [:], body: [UInt8] = [],
        peer: PeerIdentity? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.peer = peer
    }

    /// The first value of a query argument; `nil` when it is absent.
    package func query(_ name: String) -> String? { query.first { $0.0 == name }?.1 }
}
