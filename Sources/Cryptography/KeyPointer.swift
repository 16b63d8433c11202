import COpenSSL

/// A key pair or public key inside OpenSSL; owns one `EVP_PKEY`.
struct KeyPointer: ~Copyable {
    let pointer: OpaquePointer

    /// Takes ownership of `pointer`; `nil` throws OpenSSL's reason.
    init(owning pointer: OpaquePointer?, operation: String) throws(CryptographyError) {
        guard let pointer else { throw CryptographyError(openSSL: operation) }
        self.pointer = pointer
    }

    deinit { EVP_PKEY_free(pointer) }

    /// The public key as DER SubjectPublicKeyInfo (RFC 5280 section 4.1).
    func publicKeyInfo() throws(CryptographyError) -> [UInt8] {
        let bio = try MemoryBIO()
        guard i2d_PUBKEY_bio(bio.pointer, pointer) == 1 else {
            throw CryptographyError(openSSL: "encoding a public key")
        }
        return bio.bytes
    }
}
