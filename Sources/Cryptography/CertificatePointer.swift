import COpenSSL

/// A certificate inside OpenSSL; owns one `X509`.
struct CertificatePointer: ~Copyable {
    let pointer: OpaquePointer

    /// Takes ownership of `pointer`; `nil` throws OpenSSL's reason.
    init(owning pointer: OpaquePointer?, operation: String) throws(CryptographyError) {
        guard let pointer else { throw CryptographyError(openSSL: operation) }
        self.pointer = pointer
    }

    deinit { X509_free(pointer) }

    func der() throws(CryptographyError) -> [UInt8] {
        let bio = try MemoryBIO()
        guard i2d_X509_bio(bio.pointer, pointer) == 1 else {
            throw CryptographyError(openSSL: "encoding a certificate")
        }
        return bio.bytes
    }

    func pem() throws(CryptographyError) -> [UInt8] {
        let bio = try MemoryBIO()
        guard PEM_write_bio_X509(bio.pointer, pointer) == 1 else {
            throw CryptographyError(openSSL: "encoding a certificate")
        }
        return bio.bytes
    }

    func publicKeyInfo() throws(CryptographyError) -> [UInt8] {
        try KeyPointer(owning: X509_get_pubkey(pointer), operation: "reading a certificate's public key")
            .publicKeyInfo()
    }

    /// Every value of one attribute (such as `NID_organizationName`) of the subject, in order.
    func subjectValues(_ attribute: Int32) -> [String] { Self.values(attribute, of: X509_get_subject_name(pointer)) }

    /// Every value of one attribute of the issuer, in order.
    func issuerValues(_ attribute: Int32) -> [String] { Self.values(attribute, of: X509_get_issuer_name(pointer)) }

    private static func values(_ attribute: Int32, of name: OpaquePointer?) -> [String] {
        var found: [String] = []
        var index = X509_NAME_get_index_by_NID(name, attribute, -1)
        while index >= 0 {
            let data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index))
            var utf8: UnsafeMutablePointer<UInt8>?
            let count = ASN1_STRING_to_UTF8(&utf8, data)
            if count >= 0, let utf8 {
                found.append(String(decoding: UnsafeBufferPointer(start: utf8, count: Int(count)), as: UTF8.self))
                CRYPTO_free(utf8, #file, #line)
            }
            index = X509_NAME_get_index_by_NID(name, attribute, index)
        }
        return found
    }

    /// The DNS names and IP addresses of the subject alternative name extension; addresses as raw bytes (4 or 16).
    func alternativeNames() -> (dns: [String], ip: [[UInt8]]) {
        guard let names = kubedl_subject_alternative_names(pointer) else { return ([], []) }
        defer { kubedl_names_free(names) }
        var dns: [String] = []
        var ip: [[UInt8]] = []
        for index in 0..<max(0, kubedl_names_count(names)) {
            var start: UnsafePointer<UInt8>?
            var count: Int32 = 0
            let type = kubedl_name_at(names, index, &start, &count)
            let bytes = UnsafeBufferPointer(start: start, count: Int(max(0, count)))
            if type == kubedl_name_dns { dns.append(String(decoding: bytes, as: UTF8.self)) }
            if type == kubedl_name_ip { ip.append([UInt8](bytes)) }
        }
        return (dns, ip)
    }
}
