import COpenSSL

/// Randomness for secrets, from OpenSSL's generator.
package enum RandomBytes {
    /// `count` bytes, 0…2³¹-1, unpredictable. Throws ``CryptographyError`` when the system has no entropy.
    package static func make(_ count: Int) throws(CryptographyError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw CryptographyError(openSSL: "making random bytes") }
        return bytes
    }
}

/// Comparing secrets.
package enum ConstantTime {
    /// Whether both are equal. The time depends on the lengths only, so a token's bytes do not leak.
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
