import Cryptography
import FoundationEssentials
import TestSupport
import Testing

@Suite("certs/issue.sh")
struct IssueScriptTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func issue(_ arguments: String...) async throws -> Program.Outcome {
        let script = Fixture.checkout.appending(path: "certs/issue.sh").path()
        return try await Program.run(["sh", script, folder.path + "/certs"] + arguments)
    }

    private func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.url.appending(path: "certs/\(name)")))
    }

    @Test("makes an authority, a serving and a client certificate that verify and parse")
    func issues() async throws {
        let outcome = try await issue(
            "--dns", "webhook.kubedl.svc", "--dns", "*.kubedl.svc", "--ip", "127.0.0.1", "--ip", "::1", "--client",
            "anna",
            "--group", "system:masters", "--group", "dev")
        try #require(outcome.status == 0, "\(outcome.errors)")
        let authority = try CertificateAuthority(certificatePEM: bytes("ca.crt"), keyPEM: bytes("ca.key"))
        let server = try X509Certificate(pem: bytes("tls.crt"))
        #expect(server.dnsNames == ["webhook.kubedl.svc", "*.kubedl.svc"])
        #expect(server.ipAddresses == ["127.0.0.1", "0:0:0:0:0:0:0:1"])
        #expect(server.issuerCommonName == authority.certificate.commonName)
        #expect(server.matches(try PrivateKey(pem: bytes("tls.key"))))
        let client = try X509Certificate(pem: bytes("client.crt"))
        #expect(client.commonName == "anna")
        #expect(client.organizations == ["system:masters", "dev"])
        #expect(client.matches(try PrivateKey(pem: bytes("client.key"))))
        for (purpose, name) in [("sslserver", "tls.crt"), ("sslclient", "client.crt")] {
            let verified = try await Program.run([
                "openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", folder.path + "/certs/ca.crt",
                folder.path + "/certs/" + name,
            ])
            #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
        }
    }

    @Test("changes nothing when run again, and only what no longer fits")
    func idempotent() async throws {
        #expect(try await issue("--dns", "a.example").status == 0)
        let (authority, first) = (try bytes("ca.crt"), try bytes("tls.crt"))
        #expect(try await issue("--dns", "a.example").status == 0)
        #expect(try bytes("tls.crt") == first)
        #expect(try await issue("--dns", "b.example").status == 0)
        #expect(try bytes("ca.crt") == authority)
        #expect(try X509Certificate(pem: bytes("tls.crt")).dnsNames == ["b.example"])
        #expect(try await issue("--dns", "b.example", "--force").status == 0)
        #expect(try bytes("ca.crt") == authority)
    }

    @Test("names localhost when no name is given")
    func defaults() async throws {
        #expect(try await issue().status == 0)
        let server = try X509Certificate(pem: bytes("tls.crt"))
        #expect(server.dnsNames == ["localhost"])
        #expect(server.ipAddresses == ["127.0.0.1"])
    }

    @Test(
        "refuses what it cannot put into a certificate",
        arguments: [
            ["--dns", "a b"], ["--dns", "a\nIP.9 = 1.2.3.4"], ["--ip", "localhost"],
            ["--client", "a/O=system:masters"],
            ["--group", "x"], ["--days", "soon"], ["--dns"], ["--unknown"],
        ])
    func refuses(arguments: [String]) async throws {
        let script = Fixture.checkout.appending(path: "certs/issue.sh").path()
        let outcome = try await Program.run(["sh", script, folder.path + "/certs"] + arguments)
        #expect(outcome.status != 0)
        #expect(!outcome.errors.isEmpty)
    }

    @Test("certificates of our own authority pass `openssl verify`, too")
    func ourOwn() async throws {
        let authority = try CertificateAuthority.make(commonName: "ours")
        let issued = try authority.issueServer(dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"])
        let ca = try folder.write("ca.crt", authority.certificatePEM)
        let leaf = try folder.write("tls.crt", issued.certificatePEM)
        let verified = try await Program.run([
            "openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "localhost", "-CAfile",
            ca,
            leaf,
        ])
        #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    }
}
