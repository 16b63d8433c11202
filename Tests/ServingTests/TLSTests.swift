import Cryptography
import NIOSSL
import Serving
import TestSupport
import Testing

@Suite("TLS")
struct TLSTests {
    private static let get = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    private let authority: CertificateAuthority

    init() throws {
        authority = try CertificateAuthority.make(commonName: "serving tests")
    }

    private func issue(_ name: String = "localhost") throws -> IssuedCertificate {
        try authority.issueServer(dnsNames: [name], ipAddresses: ["127.0.0.1"])
    }

    private func inMemory() throws -> ServerTLS {
        let issued = try issue()
        return .pem(certificateChain: issued.chainPEM, privateKey: issued.keyPEM)
    }

    private func client(
        certificate: IssuedCertificate? = nil, protocols: [String] = []
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority.certificatePEM))
        configuration.applicationProtocols = protocols
        if let certificate {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(certificate.certificatePEM)
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: certificate.keyPEM, format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }

    private static let whoAmI: HTTPServer.Handler = { request in
        .text(request.peer.map { "\($0.commonName) of \($0.organizations.joined(separator: "+"))" } ?? "nobody")
    }

    @Test("serves over TLS, HTTP/1.1 only")
    func serves() async throws {
        try await withServer(tls: inMemory(), handler: Self.whoAmI) { _, port in
            for protocols in [[], ["http/1.1"], ["h2", "http/1.1"]] {
                let client = RawClient(port: port, tls: try client(protocols: protocols))
                #expect(try await client.exchange(Self.get).hasSuffix("nobody\n"))
            }
        }
    }

    @Test("a verified client certificate names the peer; without one there is no peer")
    func optionalClient() async throws {
        let anna = try authority.issueClient(commonName: "anna", organizations: ["system:masters", "dev"])
        try await withServer(
            tls: inMemory(), clientAuthority: ClientAuthority(.pem(authority.certificatePEM)), handler: Self.whoAmI
        ) { _, port in
            let known = RawClient(port: port, tls: try client(certificate: anna))
            #expect(try await known.exchange(Self.get).hasSuffix("anna of system:masters+dev\n"))
            let anonymous = RawClient(port: port, tls: try client())
            #expect(try await anonymous.exchange(Self.get).hasSuffix("nobody\n"))
        }
    }

    @Test("certificates of another authority, of the wrong use, or expired are refused in the handshake")
    func untrustedClient() async throws {
        let stranger = try CertificateAuthority.make(commonName: "serving tests")
        let bad = [
            try stranger.issueClient(commonName: "anna"),
            try issue(),
            try authority.issueClient(commonName: "late", validity: .seconds(60), now: WallClock.seconds() - 3600),
        ]
        try await withServer(
            tls: inMemory(), clientAuthority: ClientAuthority(.pem(authority.certificatePEM)), handler: Self.whoAmI
        ) { _, port in
            for certificate in bad {
                let client = RawClient(port: port, tls: try client(certificate: certificate))
                #expect(try await client.exchange(Self.get) == "")
            }
        }
    }

    @Test("a required client certificate must be there")
    func requiredClient() async throws {
        let anna = try authority.issueClient(commonName: "anna", organizations: ["dev"])
        let required = ClientAuthority(.pem(authority.certificatePEM), isRequired: true)
        try await withServer(tls: inMemory(), clientAuthority: required, handler: Self.whoAmI) { _, port in
            #expect(try await RawClient(port: port, tls: try client()).exchange(Self.get) == "")
            let known = RawClient(port: port, tls: try client(certificate: anna))
            #expect(try await known.exchange(Self.get).hasSuffix("anna of dev\n"))
        }
    }

    @Test(
        "plain HTTP, garbage and silence on the TLS port do no harm",
        arguments: [Self.get, "\u{0}\u{1}\u{2}", "", "\u{16}\u{3}\u{1}"])
    func garbage(text: String) async throws {
        try await withGrowingTime { time in
            var limits = ServerLimits()
            limits.headerTimeout = time
            return try await withServer(tls: inMemory(), limits: limits, handler: Self.whoAmI) { _, port in
                let answer = try await RawClient(port: port).exchange(text)
                #expect(!answer.contains("HTTP/1.1 200"))
                let good = RawClient(port: port, tls: try client())
                return try await good.exchange(Self.get).hasSuffix("nobody\n")
            }
        }
    }

    @Test("a changed certificate serves new connections, while clients go on without an error")
    func reload() async throws {
        let folder = try TemporaryFolder()
        let first = try issue("first.example")
        let files = TLSFiles(
            certificateChain: try folder.write("tls.crt", first.chainPEM),
            privateKey: try folder.write("tls.key", first.keyPEM))
        let authorityFile = try folder.write("ca.crt", authority.certificatePEM)
        let log = RecordedLog()
        try await withServer(tls: .files(files), log: log) { _, port in
            let request: @Sendable (String) async throws -> Program.Outcome = { name in
                try await Program.run([
                    "curl", "--silent", "--show-error", "--cacert", authorityFile, "--resolve",
                    "\(name):\(port):127.0.0.1", "https://\(name):\(port)/",
                ])
            }
            #expect(try await request("first.example").output == "GET / 0\n")
            // Bad material first: a certificate without its key, then a file that is no certificate.
            let second = try issue("second.example")
            try folder.write("tls.crt", second.chainPEM)
            try await eventually("the mismatch is noticed") { log.contains("does not belong to the certificate of") }
            #expect(try await request("first.example").output == "GET / 0\n")
            try folder.write("tls.crt", "not a certificate")
            try folder.write("tls.key", second.keyPEM)
            try await eventually("the garbage is noticed") { log.contains("parsing a PEM certificate failed") }
            #expect(try await request("first.example").output == "GET / 0\n")
            try folder.write("tls.crt", second.chainPEM)
            try await RawClient(port: port, tls: permissiveClient()).connect { kept in
                try await eventually("the new certificate is served") {
                    try await kept.send("GET /kept HTTP/1.1\r\nHost: x\r\n\r\n")
                    #expect(try await kept.receive(until: .text("GET /kept 0\n")).hasPrefix("HTTP/1.1 200"))
                    let (old, new) = (try await request("first.example"), try await request("second.example"))
                    // At any moment the server shows a whole, valid pair: one of the two names works.
                    #expect(old.status == 0 || new.status == 0, "\(old.errors) \(new.errors)")
                    return new.output == "GET / 0\n" && old.status != 0
                }
            }
        }
    }

    @Test("a certificate that is exchanged in memory is served to the very next connection; a bad one is not")
    func exchange() async throws {
        let (old, new) = (try issue(), try CertificateAuthority.make(commonName: "another"))
        let next = try new.issueServer(dnsNames: ["localhost"])
        let source = CertificateSource(certificateChain: old.chainPEM, privateKey: old.keyPEM)
        try await withServer(tls: .source(source), handler: Self.whoAmI) { _, port in
            let client = RawClient(port: port, tls: try client())
            #expect(try await client.exchange(Self.get).hasSuffix("nobody\n"))
            try await client.connect { connection in
                try await connection.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                _ = try await connection.receive(until: .text("nobody\n"))
                source.replace(certificateChain: next.chainPEM, privateKey: old.keyPEM)
                #expect(try await client.exchange(Self.get).hasSuffix("nobody\n"), "key and certificate do not fit")
                source.replace(certificateChain: next.chainPEM, privateKey: next.keyPEM)
                #expect((try? await client.exchange(Self.get)) ?? "" == "", "nobody trusts it")
                try await connection.send(Self.get)
                #expect(try await connection.receive(until: .closed).hasSuffix("nobody\n"), "open ones go on")
            }
        }
    }

    private func permissiveClient() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        return try NIOSSLContext(configuration: configuration)
    }

    @Test("a server whose certificate cannot be used does not start, and says why")
    func unusable() async throws {
        let (one, two) = (try issue(), try issue())
        let cases: [(ServerTLS, String)] = [
            (
                .pem(certificateChain: one.chainPEM, privateKey: two.keyPEM),
                "does not belong to the certificate of localhost"
            ),
            (.pem(certificateChain: [], privateKey: one.keyPEM), "parsing a PEM certificate failed"),
            (.pem(certificateChain: one.chainPEM, privateKey: []), "parsing a PEM private key failed"),
            (
                .files(TLSFiles(certificateChain: "/nowhere/tls.crt", privateKey: "/nowhere/tls.key")),
                "cannot read /nowhere/tls.crt: No such file or directory"
            ),
        ]
        for (tls, reason) in cases {
            let server = makeServer(tls: tls, handler: Self.whoAmI)
            let error = await #expect(throws: ServerError.self) { try await server.run() }
            #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        }
    }
}
