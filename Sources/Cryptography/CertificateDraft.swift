import COpenSSL

/// A certificate being made, before it is signed.
struct CertificateDraft: ~Copyable {
    let certificate: CertificatePointer

    private init() throws(CryptographyError) {
        certificate = try CertificatePointer(owning: X509_new(), operation: "allocating a certificate")
    }

    /// Version 3, a random serial number, subject and validity (seconds since 1970).
    static func make(
        commonName: String, organizations: [String], notBefore: Int64, notAfter: Int64
    ) throws(CryptographyError) -> CertificateDraft {
        let draft = try CertificateDraft()
        let pointer = draft.certificate.pointer
        guard notBefore < notAfter else {
            throw CryptographyError("making a certificate", reason: "its validity would end before it begins")
        }
        guard X509_set_version(pointer, 2) == 1,
            ASN1_TIME_set(X509_getm_notBefore(pointer), time_t(notBefore)) != nil,
            ASN1_TIME_set(X509_getm_notAfter(pointer), time_t(notAfter)) != nil
        else { throw CryptographyError(openSSL: "setting a certificate's validity") }
        try draft.setSerialNumber()
        try draft.addSubject(NID_commonName, commonName)
        for organization in organizations { try draft.addSubject(NID_organizationName, organization) }
        return draft
    }

    /// 127 random bits, positive (RFC 5280 section 4.1.2.2 asks for at most 20 octets).
    private func setSerialNumber() throws(CryptographyError) {
        var bytes = try RandomBytes.make(16)
        bytes[0] &= 0x7f
        guard let number = BN_bin2bn(bytes, Int32(bytes.count), nil) else {
            throw CryptographyError(openSSL: "making a serial number")
        }
        defer { BN_free(number) }
        guard BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.pointer)) != nil else {
            throw CryptographyError(openSSL: "setting a serial number")
        }
    }

    private func addSubject(_ attribute: Int32, _ value: String) throws(CryptographyError) {
        let bytes = Array(value.utf8)
        guard (1...64).contains(bytes.count) else {
            throw CryptographyError(
                "making a certificate", reason: "the subject \"\(value)\" must have 1 to 64 bytes (X.520)")
        }
        let name = X509_get_subject_name(certificate.pointer)
        guard X509_NAME_add_entry_by_NID(name, attribute, 0x1000, bytes, Int32(bytes.count), -1, 0) == 1 else {
            throw CryptographyError(openSSL: "setting a certificate's subject to \"\(value)\"")
        }
    }

    func setKey(_ key: borrowing KeyPointer) throws(CryptographyError) {
        guard X509_set_pubkey(certificate.pointer, key.pointer) == 1 else {
            throw CryptographyError(openSSL: "setting a certificate's key")
        }
    }

    func setIssuer(_ issuer: borrowing CertificatePointer) throws(CryptographyError) {
        guard X509_set_issuer_name(certificate.pointer, X509_get_subject_name(issuer.pointer)) == 1 else {
            throw CryptographyError(openSSL: "setting a certificate's issuer")
        }
    }

    /// Adds an extension, its value written as in openssl.cnf(5).
    func add(
        _ extensionID: Int32, _ value: String, issuer: borrowing CertificatePointer
    ) throws(CryptographyError) {
        guard kubedl_add_extension(certificate.pointer, issuer.pointer, extensionID, value) else {
            throw CryptographyError(openSSL: "adding the certificate extension \"\(value)\"")
        }
    }

    func sign(with key: borrowing KeyPointer) throws(CryptographyError) {
        guard X509_sign(certificate.pointer, key.pointer, EVP_sha256()) > 0 else {
            throw CryptographyError(openSSL: "signing a certificate")
        }
    }
}
