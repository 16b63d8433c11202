/// A serving certificate with its key and with the authority that signed it and nothing else.
///
/// Every certificate has an authority of its own, whose key is thrown away after signing: no key that could sign a second
/// certificate lies anywhere, and a renewal always goes the one way that is tested, through a change of authority.
package struct ServingCertificate: Sendable, Hashable {
    /// The authority as PEM: what clients trust.
    package var authority: [UInt8]
    /// The certificate as PEM, without the authority.
    package var certificate: [UInt8]
    /// The private key as PEM. Keep it secret.
    package var key: [UInt8]
    /// The DNS names and IP addresses that it is for.
    package var names: Set<String>
    /// Last second of validity, in seconds since 1970; the authority ends with it.
    package var notAfter: Int64

    /// A certificate from its parts.
    package init(
        authority: [UInt8], certificate: [UInt8], key: [UInt8], names: Set<String>, notAfter: Int64
    ) {
        self.authority = authority
        self.certificate = certificate
        self.key = key
        self.names = names
        self.notAfter = notAfter
    }
}

/// An authority whose certificate is served no more, except by a replica that has not heard of the change.
package struct RetiredAuthority: Sendable, Hashable {
    /// The authority as PEM.
    package var authority: [UInt8]
    /// Its last second of validity, in seconds since 1970.
    package var notAfter: Int64

    /// An authority from its parts.
    package init(authority: [UInt8], notAfter: Int64) {
        self.authority = authority
        self.notAfter = notAfter
    }
}

/// What the replicas share about their certificates: the content of the Secret.
package struct CertificateRecord: Sendable, Hashable {
    /// What every replica serves; `nil` before the first and when it cannot be used.
    package var current: ServingCertificate?
    /// What they will serve once its authority is trusted everywhere.
    package var next: ServingCertificate?
    /// What was served before and is valid still.
    package var retired: [RetiredAuthority] = []

    /// Nothing yet.
    package init() {}

    /// The authorities to trust, as PEM: of what is, will be and was served. Empty only while there is no certificate.
    package var bundle: [UInt8] {
        ([current?.authority, next?.authority].compactMap { $0 } + retired.map(\.authority)).reduce([], +)
    }

    /// The second step of a change: `next` is served from now on, and what was served stays trusted.
    package mutating func activate() {
        guard let next else { return }
        if let current { retired.append(RetiredAuthority(authority: current.authority, notAfter: current.notAfter)) }
        current = next
        self.next = nil
    }

    /// The last step: authorities that have ended are trusted no more.
    package mutating func forget(now: Int64) { retired.removeAll { $0.notAfter < now } }
}
