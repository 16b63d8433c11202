import Cryptography
import Synchronization

/// Knows which certificate a server shows. Give one to a ``ServerConfiguration`` and its ``check`` to the
/// ``HealthEndpoints``, so that a process whose certificate has run out is not ready.
package final class CertificateMonitor: Sendable {
    private let shown = Mutex<X509Certificate?>(nil)

    /// A monitor that has seen no certificate yet.
    package init() {}

    /// The certificate that new connections get; `nil` before the server has started, and without TLS.
    package var certificate: X509Certificate? { shown.withLock { $0 } }

    func show(_ certificate: X509Certificate) { shown.withLock { $0 = certificate } }

    /// A condition of readiness: the certificate is valid now.
    package var check: HealthEndpoints.Check {
        HealthEndpoints.Check(name: "certificate") { self.problem(at: WallClock.seconds()) }
    }

    /// What is wrong with the certificate at a time in seconds since 1970.
    func problem(at seconds: Int64) -> String? {
        guard let certificate else { return "none is loaded" }
        if seconds < certificate.notBefore {
            return "it is valid from \(HTTPDate.text(certificate.notBefore)) only; is the clock right?"
        }
        if seconds > certificate.notAfter {
            return "it has run out on \(HTTPDate.text(certificate.notAfter)); replace it, no restart is needed"
        }
        return nil
    }
}
