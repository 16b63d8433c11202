import Cryptography
import JSON
import KubernetesModel
import Testing

@testable import Webhook

@Suite("Certificates in their Secret")
struct CertificateRecordTests {
    private static let now: Int64 = 1_700_000_000

    private func issue(_ offset: Int64 = 0) throws -> ServingCertificate {
        try .issue(
            names: ["kubedl-webhook.kubedl-system.svc", "10.0.0.1"], lifetime: 3600, now: Self.now + offset)
    }

    private func secret(_ data: JSONValue) throws -> Secret {
        let text: JSONValue = ["kind": "Secret", "metadata": ["name": "x"], "data": data]
        return Secret(json: try JSONDocument(parsing: text.bytes).root)
    }

    @Test("what is written is read again")
    func roundTrip() throws {
        var record = CertificateRecord()
        for step in 0..<3 {
            record.next = try issue(Int64(step))
            #expect(CertificateRecord(try secret(record.data)) == record)
            record.activate()
            #expect(CertificateRecord(try secret(record.data)) == record)
        }
        #expect(record.retired.count == 2)
        record.forget(now: Self.now + 3601)
        #expect(record.retired.count == 1)
    }

    @Test("a certificate is for its names and times, and its authority may sign nothing but servers' certificates")
    func issued() throws {
        let made = try issue()
        let certificate = try X509Certificate(pem: made.certificate)
        let authority = try X509Certificate(pem: made.authority)
        #expect(made.names == ["kubedl-webhook.kubedl-system.svc", "10.0.0.1"])
        #expect(certificate.notAfter == Self.now + 3600 && certificate.notBefore <= Self.now)
        #expect(authority.isAuthority && !certificate.isAuthority)
        #expect(certificate.issuerCommonName == authority.commonName)
        #expect(try !X509Certificate(pem: issue(1).authority).matches(PrivateKey(pem: made.key)))
    }

    @Test("a damaged part counts as absent, and the authority stays trusted", arguments: ["tls.crt", "tls.key"])
    func damaged(key: String) throws {
        var record = CertificateRecord()
        record.current = try issue()
        for damage in ["", "AAAA", "?", Base64.encodeText(try issue(5).certificate)] {
            var data = record.data
            data[key] = JSONValue(damage)
            let read = CertificateRecord(try secret(data))
            #expect(read.current == nil)
            #expect(read.bundle == record.bundle)
        }
    }

    @Test("an empty Secret is an empty record, and names that are none are refused")
    func nothing() throws {
        #expect(CertificateRecord(try secret([:])) == CertificateRecord())
        #expect(throws: CryptographyError.self) {
            try ServingCertificate.issue(names: ["a b"], lifetime: 60, now: Self.now)
        }
    }
}
