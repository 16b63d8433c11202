import Cryptography
import Testing

@Suite("Digests, base 64 and random bytes")
struct DigestTests {
    @Test(
        "SHA-256 gives the values of FIPS 180-4's examples",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func digests(text: String, expected: String) throws {
        #expect(try SHA256.hexDigest(text.utf8) == expected)
        let digest = try SHA256()
        for byte in text.utf8 { try digest.update(CollectionOfOne(byte)) }
        #expect(Hexadecimal.text(try digest.finish()) == expected)
    }

    @Test("a finished digest begins anew")
    func reuse() throws {
        let digest = try SHA256()
        try digest.update(Array("abc".utf8))
        let first = try digest.finish()
        try digest.update(Array("abc".utf8))
        #expect(try digest.finish() == first)
    }

    @Test(
        "base 64 round-trips the examples of RFC 4648 section 10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(text: String, encoded: String) {
        #expect(Base64.encodeText(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
        #expect(Base64.decode(encoded.filter { $0 != "=" }) == Array(text.utf8))
    }

    @Test("all bytes survive both alphabets")
    func allBytes() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(Base64.decode(Base64.encodeText(bytes)) == bytes)
        #expect(Base64.decode(Base64.encodeURLSafe(bytes)) == bytes)
        #expect(Base64.decode("  Zm9v\r\nYmFy\n") == Array("foobar".utf8))
    }

    @Test(
        "what is not base 64 is refused",
        arguments: ["Z", "Zg=", "Zg===", "Zm9v=", "Zg==Zg==", "Zm9v!", "Zm=9", "=", "é"])
    func notBase64(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("random bytes have the length asked for and differ")
    func random() throws {
        #expect(try RandomBytes.make(0) == [])
        let first = try RandomBytes.make(32)
        #expect(first.count == 32)
        #expect(try RandomBytes.make(32) != first)
    }

    @Test("constant-time comparison agrees with ==")
    func constantTime() {
        #expect(ConstantTime.areEqual([], []))
        #expect(ConstantTime.areEqual([1, 2], [1, 2]))
        #expect(!ConstantTime.areEqual([1, 2], [1, 3]))
        #expect(!ConstantTime.areEqual([1, 2], [1, 2, 3]))
    }
}
