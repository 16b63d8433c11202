import COpenSSL

/// The SHA-256 digest (FIPS 180-4), fed piece by piece. Not for passwords.
package final class SHA256 {
    private let context: OpaquePointer

    /// A digest of nothing yet. Throws ``CryptographyError`` when OpenSSL cannot make one.
    package init() throws(CryptographyError) {
        guard let context = EVP_MD_CTX_new() else { throw CryptographyError(openSSL: "allocating a digest") }
        self.context = context
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            throw CryptographyError(openSSL: "beginning a SHA-256 digest")
        }
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes. Throws ``CryptographyError``.
    package func update(_ bytes: some Collection<UInt8>) throws(CryptographyError) {
        let added = bytes.withContiguousStorageIfAvailable { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        if let added {
            guard added == 1 else { throw CryptographyError(openSSL: "adding to a SHA-256 digest") }
        } else {
            try update(Array(bytes))
        }
    }

    /// The 32 bytes of the digest of all that was added; the object begins anew. Throws ``CryptographyError``.
    package func finish() throws(CryptographyError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        guard EVP_DigestFinal_ex(context, &digest, nil) == 1, EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            throw CryptographyError(openSSL: "ending a SHA-256 digest")
        }
        return digest
    }

    /// The 32 bytes of the digest of `bytes`. Throws ``CryptographyError``.
    package static func digest(_ bytes: some Collection<UInt8>) throws(CryptographyError) -> [UInt8] {
        let digest = try SHA256()
        try digest.update(bytes)
        return try digest.finish()
    }

    /// The digest of `bytes` as 64 lower-case hexadecimal digits. Throws ``CryptographyError``.
    package static func hexDigest(_ bytes: some Collection<UInt8>) throws(CryptographyError) -> String {
        Hexadecimal.text(try digest(bytes))
    }
}

/// Bytes as hexadecimal digits.
package enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Two lower-case digits a byte.
    package static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
