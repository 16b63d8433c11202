import COpenSSL

/// A certificate with its private key, as PEM text.
package struct IssuedCertificate: Sendable, Hashable {
    /// The certificate followed by its issuer, as TLS servers send it.
    package let chainPEM: [UInt8]
    /// The certificate alone.
    package let certificatePEM: [UInt8]
    /// The unencrypted private key (PKCS #8). Keep it secret.
    package let keyPEM: [UInt8]
}

/// A small certificate authority: ECDSA over P-256 with SHA-256, for the webhook's own certificate and the local cluster.
package struct CertificateAuthority: Sendable, Hashable {
    /// The authority's certificate.
    package let certificate: X509Certificate
    /// The authority's certificate as PEM: what goes into a `caBundle` or kubeconfig.
    package let certificatePEM: [UInt8]
    /// The authority's private key. Keep it secret.
    package let key: PrivateKey

    /// Takes up an authority from its PEM files. Throws ``CryptographyError`` if they do not parse, do not belong
    /// together, or the certificate may not sign.
    package init(certificatePEM: [UInt8], keyPEM: [UInt8]) throws(CryptographyError) {
        certificate = try X509Certificate(pem: certificatePEM)
        key = try PrivateKey(pem: keyPEM)
        self.certificatePEM = certificatePEM
        guard certificate.isAuthority else {
            throw CryptographyError("loading a certificate authority", reason: "the certificate is not an authority's")
        }
        guard certificate.matches(key) else {
            throw CryptographyError(
                "loading a certificate authority", reason: "the private key does not belong to the certificate")
        }
    }

    /// A new self-signed authority that may sign leaf certificates only. Throws ``CryptographyError``.
    ///
    /// `now` is seconds since 1970; validity begins five minutes earlier, for clocks that differ.
    package static func make(
        commonName: String, validity: Duration = .seconds(10 * 365 * 86_400), now: Int64 = WallClock.seconds()
    ) throws(CryptographyError) -> CertificateAuthority {
        let key = try PrivateKey.generate()
        let keyPointer = try PrivateKey.parse(key.pem)
        let draft = try CertificateDraft.make(
            commonName: commonName, organizations: [], notBefore: now - 300, notAfter: now + validity.components.seconds
        )
        try draft.setKey(keyPointer)
        try draft.setIssuer(draft.certificate)
        try draft.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0", issuer: draft.certificate)
        try draft.add(NID_key_usage, "critical,keyCertSign,cRLSign", issuer: draft.certificate)
        try draft.add(NID_subject_key_identifier, "hash", issuer: draft.certificate)
        try draft.sign(with: keyPointer)
        return try CertificateAuthority(certificatePEM: draft.certificate.pem(), keyPEM: key.pem)
    }

    /// A certificate for a TLS server under all of `dnsNames` and `ipAddresses` (at least one). Throws
    /// ``CryptographyError``, also for a name that is not one.
    package func issueServer(
        commonName: String? = nil, dnsNames: [String], ipAddresses: [String] = [],
        validity: Duration = .seconds(365 * 86_400), now: Int64 = WallClock.seconds()
    ) throws(CryptographyError) -> IssuedCertificate {
        for name in dnsNames where !Self.isPlausibleName(name) {
            throw CryptographyError("issuing a server certificate", reason: "\"\(name)\" is not a DNS name")
        }
        for address in ipAddresses where !IPAddressText.isPlausible(address) {
            throw CryptographyError("issuing a server certificate", reason: "\"\(address)\" is not an IP address")
        }
        let names = dnsNames.map { "DNS:\($0)" } + ipAddresses.map { "IP:\($0)" }
        guard let first = dnsNames.first ?? ipAddresses.first else {
            throw CryptographyError("issuing a server certificate", reason: "it has neither DNS names nor addresses")
        }
        // Names longer than an X.520 common name stand in the extension, which is what clients check.
        let subject = commonName ?? (first.utf8.count <= 64 ? first : "server")
        return try issue(
            subject, [], validity, now, usage: "serverAuth", alternativeNames: names.joined(separator: ","))
    }

    /// A client certificate: Kubernetes reads the common name as user and organizations as groups. Throws
    /// ``CryptographyError``.
    package func issueClient(
        commonName: String, organizations: [String] = [], validity: Duration = .seconds(365 * 86_400),
        now: Int64 = WallClock.seconds()
    ) throws(CryptographyError) -> IssuedCertificate {
        try issue(commonName, organizations, validity, now, usage: "clientAuth", alternativeNames: nil)
    }

    private func issue(
        _ commonName: String, _ organizations: [String], _ validity: Duration, _ now: Int64, usage: String,
        alternativeNames: String?
    ) throws(CryptographyError) -> IssuedCertificate {
        let leafKey = try PrivateKey.generate()
        let bio = try MemoryBIO.reading(certificatePEM)
        let issuer = try CertificatePointer(
            owning: kubedl_pem_read_certificate(bio.pointer), operation: "parsing the authority's certificate")
        let draft = try CertificateDraft.make(
            commonName: commonName, organizations: organizations, notBefore: now - 300,
            notAfter: min(now + validity.components.seconds, certificate.notAfter))
        try draft.setKey(PrivateKey.parse(leafKey.pem))
        try draft.setIssuer(issuer)
        try draft.add(NID_basic_constraints, "critical,CA:FALSE", issuer: issuer)
        try draft.add(NID_key_usage, "critical,digitalSignature", issuer: issuer)
        try draft.add(NID_ext_key_usage, usage, issuer: issuer)
        try draft.add(NID_subject_key_identifier, "hash", issuer: issuer)
        try draft.add(NID_authority_key_identifier, "keyid:always", issuer: issuer)
        if let alternativeNames { try draft.add(NID_subject_alt_name, alternativeNames, issuer: issuer) }
        try draft.sign(with: PrivateKey.parse(key.pem))
        let pem = try draft.certificate.pem()
        return IssuedCertificate(chainPEM: pem + certificatePEM, certificatePEM: pem, keyPEM: leafKey.pem)
    }

    /// Letters, digits, "-", "_", "." and "*": what names have, and nothing that openssl.cnf(5) reads otherwise.
    private static func isPlausibleName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 253
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "*"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
