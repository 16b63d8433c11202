/// What the operator chooses about certificates.
package struct CertificatePolicy: Sendable, Hashable {
    /// How long a certificate is valid, in seconds, ≥ 12. 90 days by default, as cert-manager and public authorities do.
    package var lifetime: Int64 = 90 * 86_400
    /// The DNS names and IP addresses under which clients call.
    package var names: Set<String>

    /// A policy for a server of these names.
    package init(names: Set<String>) { self.names = names }

    /// When a certificate is to be renewed: when a third of a lifetime is left, as cert-manager does by default.
    func renewal(of certificate: ServingCertificate) -> Int64 { certificate.notAfter - lifetime / 3 }

    /// How long a new authority must have been published before its certificate is served. API servers learn of a changed
    /// webhook configuration by a watch, so within a second when all is well; ten minutes outlast a restart of one.
    package var propagation: Duration { .seconds(min(600, lifetime / 12)) }
}

/// What is known before a step.
package struct ObservedCertificates: Sendable, Hashable {
    /// The content of the Secret. It must have been read after ``bundles``: what was published is then never newer than it.
    package var record: CertificateRecord
    /// The `caBundle` of every webhook of ours, as PEM; empty where there is none.
    package var bundles: [[UInt8]]
    /// How long all bundles have been seen to be as wanted, by the observer's own monotonic clock. Whoever takes over
    /// begins with zero, so clocks are never compared.
    package var publishedFor: Duration

    /// An observation from its parts.
    package init(record: CertificateRecord, bundles: [[UInt8]], publishedFor: Duration = .zero) {
        self.record = record
        self.bundles = bundles
        self.publishedFor = publishedFor
    }
}

/// The next step, one write at most, so that a crash never leaves half of one.
package enum CertificatePlan: Sendable, Hashable {
    /// Make a certificate and store it as the next one.
    case prepare
    /// Write ``CertificateRecord/bundle`` to every webhook whose bundle differs.
    case publish
    /// Serve the next certificate.
    case activate
    /// Trust authorities that have ended no more.
    case forget
    /// Nothing to do for this long.
    case wait(Duration)
}

/// Decides about the next step towards a certificate that is valid, has the right names, and whose authority every API
/// server trusts before any replica serves it. Pure; `now` is seconds since 1970.
///
/// A change has four steps: prepare a certificate; publish its authority beside the old one; serve it; forget the old
/// authority when its certificate has ended. Until then even a replica that has missed the change is trusted.
package func planCertificates(
    _ observed: ObservedCertificates, policy: CertificatePolicy, now: Int64
) -> CertificatePlan {
    let record = observed.record
    let isFine = { (certificate: ServingCertificate?) in
        certificate.map { $0.names == policy.names && now < policy.renewal(of: $0) } ?? false
    }
    if !isFine(record.next) && (record.next != nil || !isFine(record.current)) { return .prepare }
    if observed.bundles.contains(where: { $0 != record.bundle }) { return .publish }
    if record.next != nil {
        // Nobody can use what is not there or has ended, so nothing is lost by serving the next one at once.
        let isUsable = record.current.map { now <= $0.notAfter } ?? false
        let missing = policy.propagation - observed.publishedFor
        return isUsable && missing > .zero ? .wait(missing) : .activate
    }
    if record.retired.contains(where: { $0.notAfter < now }) { return .forget }
    let events = record.retired.map { $0.notAfter + 1 } + (record.current.map { [policy.renewal(of: $0)] } ?? [])
    return .wait(.seconds(max(0, (events.min() ?? now) - now)))
}
