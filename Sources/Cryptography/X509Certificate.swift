import COpenSSL

/// What we read of an X.509 certificate (RFC 5280). A value: it holds the DER text and no OpenSSL state.
package struct X509Certificate: Sendable, Hashable {
    /// The certificate as DER.
    package let der: [UInt8]
    /// The subject's first common name; Kubernetes reads a client certificate's as the user name.
    package let commonName: String?
    /// The subject's organizations in order; Kubernetes reads a client certificate's as groups.
    package let organizations: [String]
    /// The issuer's first common name.
    package let issuerCommonName: String?
    /// DNS names of the subject alternative name extension.
    package let dnsNames: [String]
    /// IP addresses of that extension, in their usual text form (IPv6 as eight groups without leading zeros).
    package let ipAddresses: [String]
    /// First second of validity, in seconds since 1970-01-01T00:00:00Z.
    package let notBefore: Int64
    /// Last second of validity, in seconds since 1970-01-01T00:00:00Z.
    package let notAfter: Int64
    /// Whether the certificate may sign others (basic constraints CA).
    package let isAuthority: Bool
    /// The serial number in upper-case hexadecimal.
    package let serialNumber: String
    /// The public key as DER SubjectPublicKeyInfo.
    package let publicKeyInfo: [UInt8]

    /// Parses one DER certificate. Throws ``CryptographyError``.
    package init(der: [UInt8]) throws(CryptographyError) {
        let bio = try MemoryBIO.reading(der)
        try self.init(
            CertificatePointer(owning: d2i_X509_bio(bio.pointer, nil), operation: "parsing a DER certificate"))
    }

    /// Parses the first certificate in PEM text. Throws ``CryptographyError``.
    package init(pem: [UInt8]) throws(CryptographyError) {
        let bio = try MemoryBIO.reading(pem)
        try self.init(
            CertificatePointer(
                owning: kubedl_pem_read_certificate(bio.pointer), operation: "parsing a PEM certificate"))
    }

    init(_ certificate: borrowing CertificatePointer) throws(CryptographyError) {
        der = try certificate.der()
        publicKeyInfo = try certificate.publicKeyInfo()
        commonName = certificate.subjectValues(NID_commonName).first
        organizations = certificate.subjectValues(NID_organizationName)
        issuerCommonName = certificate.issuerValues(NID_commonName).first
        let names = certificate.alternativeNames()
        dnsNames = names.dns
        ipAddresses = names.ip.map(IPAddressText.text)
        notBefore = try Self.seconds(X509_get0_notBefore(certificate.pointer))
        notAfter = try Self.seconds(X509_get0_notAfter(certificate.pointer))
        isAuthority = X509_check_ca(certificate.pointer) > 0
        serialNumber = Self.hexadecimal(X509_get0_serialNumber(certificate.pointer))
    }

    /// Every certificate in PEM text, in order. Throws ``CryptographyError`` if one is malformed or there is none.
    package static func chain(pem: [UInt8]) throws(CryptographyError) -> [X509Certificate] {
        let bio = try MemoryBIO.reading(pem)
        var found: [X509Certificate] = []
        while let pointer = kubedl_pem_read_certificate(bio.pointer) {
            found.append(
                try X509Certificate(CertificatePointer(owning: pointer, operation: "parsing a PEM certificate")))
        }
        // The loop ends with "no start line"; anything else is a certificate that does not parse.
        let error = CryptographyError(openSSL: "parsing PEM certificate \(found.count + 1)")
        guard !found.isEmpty, error.reason.contains("no start line") else { throw error }
        return found
    }

    /// Whether `key` is the private half of this certificate's key.
    package func matches(_ key: PrivateKey) -> Bool { key.publicKeyInfo == publicKeyInfo }

    /// Whether `seconds` since 1970 lies within the validity.
    package func isValid(at seconds: Int64) -> Bool { notBefore <= seconds && seconds <= notAfter }

    /// Seconds since 1970 of an ASN.1 time, by its distance from the epoch.
    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) throws(CryptographyError) -> Int64 {
        guard let epoch = ASN1_TIME_set(nil, 0) else { throw CryptographyError(openSSL: "allocating a time") }
        defer { ASN1_TIME_free(epoch) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else {
            throw CryptographyError(openSSL: "reading a certificate's validity")
        }
        return Int64(days) * 86_400 + Int64(seconds)
    }

    private static func hexadecimal(_ number: UnsafePointer<ASN1_INTEGER>?) -> String {
        guard let big = ASN1_INTEGER_to_BN(number, nil) else { return "" }
        defer { BN_free(big) }
        guard let text = BN_bn2hex(big) else { return "" }
        defer { CRYPTO_free(text, #file, #line) }
        return String(cString: text)
    }
}
