import Cryptography
import Testing

@Suite("Certificates")
struct CertificateTests {
    private static let now: Int64 = 1_760_000_000

    private func makeAuthority() throws -> CertificateAuthority {
        try CertificateAuthority.make(commonName: "test authority", now: Self.now)
    }

    @Test("an authority signs and survives its own PEM")
    func authority() throws {
        let made = try makeAuthority()
        let read = try CertificateAuthority(certificatePEM: made.certificatePEM, keyPEM: made.key.pem)
        #expect(read == made)
        #expect(made.certificate.commonName == "test authority")
        #expect(made.certificate.isAuthority)
        #expect(made.certificate.notBefore == Self.now - 300)
        #expect(made.certificate.notAfter == Self.now + 10 * 365 * 86_400)
    }

    @Test("a server certificate carries its names, addresses and validity")
    func server() throws {
        let authority = try makeAuthority()
        let issued = try authority.issueServer(
            dnsNames: ["webhook.kubedl.svc", "*.kubedl.svc"], ipAddresses: ["127.0.0.1", "fd00::1"],
            validity: .seconds(3600), now: Self.now)
        let certificate = try X509Certificate(pem: issued.certificatePEM)
        #expect(certificate.commonName == "webhook.kubedl.svc")
        #expect(certificate.issuerCommonName == "test authority")
        #expect(certificate.dnsNames == ["webhook.kubedl.svc", "*.kubedl.svc"])
        #expect(certificate.ipAddresses == ["127.0.0.1", "fd00:0:0:0:0:0:0:1"])
        #expect(certificate.notAfter == Self.now + 3600)
        #expect(!certificate.isAuthority)
        #expect(certificate.isValid(at: Self.now))
        #expect(!certificate.isValid(at: Self.now + 3601))
        #expect(certificate.matches(try PrivateKey(pem: issued.keyPEM)))
        #expect(!certificate.matches(authority.key))
        let chain = try X509Certificate.chain(pem: issued.chainPEM)
        #expect(chain == [certificate, authority.certificate])
        #expect(try X509Certificate(der: certificate.der) == certificate)
    }

    @Test("a client certificate carries user and groups in order")
    func client() throws {
        let issued = try makeAuthority().issueClient(
            commonName: "system:node:node-1", organizations: ["system:nodes", "zürich"], now: Self.now)
        let certificate = try X509Certificate(pem: issued.certificatePEM)
        #expect(certificate.commonName == "system:node:node-1")
        #expect(certificate.organizations == ["system:nodes", "zürich"])
        #expect(certificate.dnsNames.isEmpty)
    }

    @Test("a leaf never outlives its authority, and serial numbers differ")
    func bounds() throws {
        let authority = try CertificateAuthority.make(commonName: "short", validity: .seconds(600), now: Self.now)
        let first = try X509Certificate(
            pem: authority.issueClient(commonName: "a", now: Self.now).certificatePEM)
        let second = try X509Certificate(
            pem: authority.issueClient(commonName: "a", now: Self.now).certificatePEM)
        #expect(first.notAfter == authority.certificate.notAfter)
        #expect(first.serialNumber != second.serialNumber)
    }

    @Test(
        "names that could smuggle an extension are refused",
        arguments: ["", "a,IP:1.2.3.4", "a b", "a\nb", "a;b", "@section"])
    func hostileNames(name: String) throws {
        let authority = try makeAuthority()
        #expect(throws: CryptographyError.self) { try authority.issueServer(dnsNames: [name], now: Self.now) }
        #expect(throws: CryptographyError.self) {
            try authority.issueServer(dnsNames: [], ipAddresses: [name], now: Self.now)
        }
    }

    @Test("a server certificate needs a name, a subject at most 64 bytes")
    func incomplete() throws {
        let authority = try makeAuthority()
        #expect(throws: CryptographyError.self) { try authority.issueServer(dnsNames: [], now: Self.now) }
        #expect(throws: CryptographyError.self) {
            try authority.issueClient(commonName: String(repeating: "x", count: 65), now: Self.now)
        }
        #expect(throws: CryptographyError.self) { try authority.issueClient(commonName: "", now: Self.now) }
    }

    @Test(
        "what is not a certificate or key is refused with the operation's name",
        arguments: ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func garbage(text: String) throws {
        let bytes = Array(text.utf8)
        let error = #expect(throws: CryptographyError.self) { try X509Certificate(pem: bytes) }
        #expect(error?.description.contains("parsing a PEM certificate failed: ") == true)
        #expect(throws: CryptographyError.self) { try X509Certificate.chain(pem: bytes) }
        #expect(throws: CryptographyError.self) { try X509Certificate(der: bytes) }
        #expect(throws: CryptographyError.self) { try PrivateKey(pem: bytes) }
    }

    @Test("an authority whose key is another's, or which may not sign, is refused")
    func wrongPair() throws {
        let (one, two) = (try makeAuthority(), try makeAuthority())
        #expect(throws: CryptographyError.self) {
            try CertificateAuthority(certificatePEM: one.certificatePEM, keyPEM: two.key.pem)
        }
        let leaf = try one.issueClient(commonName: "x", now: Self.now)
        #expect(throws: CryptographyError.self) {
            try CertificateAuthority(certificatePEM: leaf.certificatePEM, keyPEM: leaf.keyPEM)
        }
    }

    @Test("every truncation and every flipped byte of a certificate is parsed or refused, never worse")
    func mutations() throws {
        let issued = try makeAuthority().issueServer(dnsNames: ["a.example"], ipAddresses: ["10.0.0.1"], now: Self.now)
        let der = try X509Certificate(pem: issued.certificatePEM).der
        for index in der.indices {
            _ = try? X509Certificate(der: Array(der[..<index]))
            var flipped = der
            flipped[index] ^= 0xff
            _ = try? X509Certificate(der: flipped)
        }
    }
}
