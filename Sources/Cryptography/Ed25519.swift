import COpenSSL

/// Signatures by Ed25519 (RFC 8032), checked only.
package enum Ed25519 {
    /// Whether `signature` (64 bytes) is the key's over `message`. Throws ``CryptographyError`` when the key is none.
    ///
    /// `key` is PEM text, or the Base64 of the key's 32 bytes.
    package static func isValid(
        _ signature: [UInt8], of message: UnsafeRawBufferPointer, key: String
    ) throws(CryptographyError) -> Bool {
        let pointer = try publicKey(key)
        guard let context = EVP_MD_CTX_new() else { throw CryptographyError(openSSL: "allocating a digest") }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, nil, nil, pointer.pointer) == 1 else {
            throw CryptographyError(openSSL: "preparing an Ed25519 check")
        }
        let bytes = message.bindMemory(to: UInt8.self)
        return EVP_DigestVerify(context, signature, signature.count, bytes.baseAddress, bytes.count) == 1
    }

    private static func publicKey(_ text: String) throws(CryptographyError) -> KeyPointer {
        let operation = "reading an Ed25519 public key"
        let key: KeyPointer
        if text.hasPrefix("-----BEGIN") {
            let bio = try MemoryBIO.reading(Array(text.utf8))
            key = try KeyPointer(owning: PEM_read_bio_PUBKEY(bio.pointer, nil, nil, nil), operation: operation)
        } else {
            guard let bytes = Base64.decode(text), bytes.count == 32 else {
                throw CryptographyError(operation, reason: "it is neither PEM nor the Base64 of 32 bytes")
            }
            key = try KeyPointer(
                owning: EVP_PKEY_new_raw_public_key(NID_ED25519, nil, bytes, bytes.count), operation: operation)
        }
        guard EVP_PKEY_get_id(key.pointer) == NID_ED25519 else {
            throw CryptographyError(operation, reason: "the key is of another kind")
        }
        return key
    }
}

/// HMAC with SHA-256 (RFC 2104).
package enum HMACSHA256 {
    /// The 32 bytes for `message` under `key`. Throws ``CryptographyError``.
    package static func code(_ message: [UInt8], key: [UInt8]) throws(CryptographyError) -> [UInt8] {
        let short = key.count > 64 ? try SHA256.digest(key) : key
        let padded = short + [UInt8](repeating: 0, count: 64 - short.count)
        let inner = try SHA256.digest(padded.map { $0 ^ 0x36 } + message)
        return try SHA256.digest(padded.map { $0 ^ 0x5c } + inner)
    }
}
