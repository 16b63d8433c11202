import COpenSSL

/// The SHA-1 digest (FIPS 180-4), which protocols such as WebSocket still ask for. It protects nothing.
package enum SHA1 {
    /// The 20 bytes of the digest of `bytes`. Throws ``CryptographyError``.
    package static func digest(_ bytes: [UInt8]) throws(CryptographyError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        guard EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha1(), nil) == 1 else {
            throw CryptographyError(openSSL: "making a SHA-1 digest")
        }
        return digest
    }
}
