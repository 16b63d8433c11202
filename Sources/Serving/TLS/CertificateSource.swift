import Synchronization

/// A serving certificate in memory that may be exchanged while the server runs: new connections get the new one, open ones
/// go on.
package final class CertificateSource: Sendable {
    private let pair: Mutex<(chain: [UInt8], key: [UInt8])>

    /// Begins with a certificate and its key, both PEM.
    package init(certificateChain: [UInt8], privateKey: [UInt8]) { pair = Mutex((certificateChain, privateKey)) }

    /// Serves another certificate from now on. One that cannot be used is logged, and the last good one stays.
    package func replace(certificateChain: [UInt8], privateKey: [UInt8]) {
        pair.withLock { $0 = (certificateChain, privateKey) }
    }

    var current: (chain: [UInt8], key: [UInt8]) { pair.withLock { $0 } }
}

extension CertificateSource: Hashable {
    package static func == (left: CertificateSource, right: CertificateSource) -> Bool { left === right }

    /// By identity.
    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
