/// How a client trusts servers and names itself. Everything is PEM text in memory; nothing is read from files except
/// the system's own trust store.
package struct TLSOptions: Sendable, Hashable {
    /// Who may vouch for a server.
    package enum Authority: Sendable, Hashable {
        /// The trust store of the operating system.
        case system
        /// Only these certificates, in PEM.
        case pem([UInt8])
    }

    /// Who may vouch for a server. The system's trust store by default.
    package var certificateAuthority: Authority
    /// The certificate (chain) that the client presents, in PEM; needs ``clientKeyPEM``.
    package var clientCertificatePEM: [UInt8]?
    /// The key of ``clientCertificatePEM``, in PEM, without a passphrase.
    package var clientKeyPEM: [UInt8]?
    /// The name that the server's certificate must carry, when it differs from the URL's host. Also sent as SNI.
    package var serverName: String?
    /// Skips every check of the server's certificate. For tests and `insecure-skip-tls-verify` only.
    package var insecure: Bool

    /// Trusts the system's store and presents no certificate, unless told otherwise.
    package init(
        certificateAuthority: Authority = .system, clientCertificatePEM: [UInt8]? = nil,
        clientKeyPEM: [UInt8]? = nil, serverName: String? = nil, insecure: Bool = false
    ) {
        self.certificateAuthority = certificateAuthority
        self.clientCertificatePEM = clientCertificatePEM
        self.clientKeyPEM = clientKeyPEM
        self.serverName = serverName
        self.insecure = insecure
    }
}
