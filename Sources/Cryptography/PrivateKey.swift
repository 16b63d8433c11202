import COpenSSL

/// A private key as PEM text. It holds no OpenSSL state, so it can be sent and copied freely.
package struct PrivateKey: Sendable, Hashable {
    /// The key as unencrypted PEM (PKCS #8 when made here; as given when parsed). Keep it secret.
    package let pem: [UInt8]
    /// The public half as DER SubjectPublicKeyInfo; equal to ``X509Certificate/publicKeyInfo`` of a matching certificate.
    package let publicKeyInfo: [UInt8]

    /// Parses the first private key in `pem`; encrypted keys are refused. Throws ``CryptographyError``.
    package init(pem: [UInt8]) throws(CryptographyError) {
        self.pem = pem
        publicKeyInfo = try Self.parse(pem).publicKeyInfo()
    }

    /// A new P-256 key from OpenSSL's generator.
    package static func generate() throws(CryptographyError) -> PrivateKey {
        let key = try KeyPointer(owning: kubedl_generate_p256(), operation: "making a P-256 key")
        let bio = try MemoryBIO()
        guard kubedl_pem_write_private_key(bio.pointer, key.pointer) == 1 else {
            throw CryptographyError(openSSL: "encoding a private key")
        }
        return try PrivateKey(pem: bio.bytes)
    }

    static func parse(_ pem: [UInt8]) throws(CryptographyError) -> KeyPointer {
        let bio = try MemoryBIO.reading(pem)
        return try KeyPointer(
            owning: kubedl_pem_read_private_key(bio.pointer), operation: "parsing a PEM private key")
    }
}
