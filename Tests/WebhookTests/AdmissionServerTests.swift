import Cryptography
import JSON
import Serving
import TestSupport
import Testing

@testable import Webhook

@Suite("Admission server over TLS")
struct AdmissionServerTests {
    private let folder: TemporaryFolder
    private let authority: CertificateAuthority
    private let files: TLSFiles

    init() throws {
        folder = try TemporaryFolder()
        authority = try CertificateAuthority.make(commonName: "webhook tests")
        let issued = try authority.issueServer(dnsNames: ["webhook.kubedl.svc"], ipAddresses: ["127.0.0.1"])
        files = TLSFiles(
            certificateChain: try folder.write("tls.crt", issued.chainPEM),
            privateKey: try folder.write("tls.key", issued.keyPEM))
        try folder.write("ca.crt", authority.certificatePEM)
    }

    /// Runs a server around `body`, which gets its URL.
    private func withServer(
        clientAuthority: ClientAuthority? = nil, limits: ServerLimits = AdmissionServer.Configuration.standardLimits,
        _ body: (String) async throws -> Void
    ) async throws {
        let server = AdmissionServer(
            configuration: .init(
                host: "127.0.0.1", port: 0, tls: .files(files), clientAuthority: clientAuthority, limits: limits),
            logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await body("https://127.0.0.1:\(server.started())")
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Asks with curl; answers status and body.
    private func curl(_ url: String, _ options: String...) async throws -> (status: String, body: String) {
        let outcome = try await Program.run(
            [
                "curl", "--silent", "--show-error", "--max-time", "30", "--cacert", folder.path + "/ca.crt",
                "--write-out", "\n%{http_code}",
            ] + options + [url])
        let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n") + outcome.errors)
    }

    private func post(_ url: String, _ body: String) async throws -> (status: String, body: String) {
        let file = try folder.write("body.json", body)
        return try await curl(url, "--header", "Content-Type: application/json", "--data-binary", "@" + file)
    }

    private func expectAlive(_ url: String) async throws {
        let answer = try await post(url + "/mutate-pods", try Review.pod(labels: ["kubedl.io/gang-name": "g"]).text)
        #expect(answer.status == "200")
        #expect(answer.body.contains(#""patchType":"JSONPatch""#), "\(answer.body)")
    }

    @Test("answers reviews, health and metrics on one port")
    func answers() async throws {
        try await withServer { url in
            try await expectAlive(url)
            #expect(try await curl(url + "/healthz").body == "ok\n")
            #expect(try await curl(url + "/readyz").status == "200")
            let metrics = try await curl(url + "/metrics").body
            #expect(metrics.contains(#"kubedl_admission_requests_total{path="/mutate-pods",verdict="changed"} 1"#))
            let malformed = try await post(url + "/validate-jobs", "{")
            #expect(malformed.status == "400")
            #expect(malformed.body.contains("the body is not JSON"))
        }
    }

    @Test("a review of several megabytes is taken, one beyond the limit is refused with a reason")
    func large() async throws {
        try await withServer { url in
            let large = try await post(url + "/mutate-pods", try Review.pod(padding: 6_000_000).text)
            #expect(large.status == "200")
            let tooLarge = try await post(url + "/mutate-pods", try Review.pod(padding: 9_000_000).text)
            #expect(tooLarge.status == "413")
            #expect(tooLarge.body.contains("larger than the 8388608 bytes"), "\(tooLarge.body)")
            try await expectAlive(url)
        }
    }

    @Test("a body or header section that does not end is answered with 408 while others are served")
    func slow() async throws {
        // On a busy machine a short time may be over before the client has said anything; then more is given.
        for seconds in [1, 4, 16] {
            let (slowBody, slowHeader, quick) = try await slowAnswers(seconds: seconds)
            guard slowBody.contains("the body did not arrive within \(seconds).0 seconds"),
                slowHeader.hasPrefix("HTTP/1.1 408"), quick == ["ok\n", "ok\n"]
            else { continue }
            return
        }
        Issue.record("no 408")
    }

    /// What those get who are slower than `seconds`, and what others get meanwhile and afterwards.
    private func slowAnswers(seconds: Int) async throws -> (body: String, header: String, quick: [String]) {
        var limits = AdmissionServer.Configuration.standardLimits
        limits.bodyTimeout = .seconds(seconds)
        limits.headerTimeout = .seconds(seconds)
        var answers = ("", "", [""])
        try await withServer(limits: limits) { url in
            let address = url.dropFirst("https://".count)
            let authority = folder.path + "/ca.crt"
            async let body = Program.run([
                "sh", "-c",
                """
                (printf '{"a":'; sleep \(seconds * 3)) | curl --silent --max-time 60 --cacert \(authority) --request POST \
                --upload-file - --header 'Content-Type: application/json' --header 'Expect:' \(url)/mutate-pods
                """,
            ])
            async let header = Program.run([
                "sh", "-c",
                """
                (printf 'POST /mutate-pods HTTP/1.1\\r\\nHost: x\\r\\n'; sleep \(seconds * 3)) | \
                openssl s_client -quiet -connect \(address) -CAfile \(authority) 2>/dev/null
                """,
            ])
            let during = try await curl(url + "/healthz").body
            let (slowBody, slowHeader) = try await (body.output, header.output)
            answers = (slowBody, slowHeader, [during, try await curl(url + "/healthz").body])
        }
        return answers
    }

    @Test("bytes that are neither TLS nor HTTP do no harm")
    func garbage() async throws {
        try await withServer { url in
            let port = url.split(separator: ":").last ?? ""
            let plain = try await Program.run([
                "sh", "-c",
                "head -c 100000 /dev/urandom | timeout 20 curl --silent --max-time 5 telnet://127.0.0.1:\(port)",
            ])
            #expect(!plain.output.contains("200 OK"))
            let inTLS = try await Program.run([
                "sh", "-c",
                "head -c 100000 /dev/urandom | timeout 20 openssl s_client -quiet -connect 127.0.0.1:\(port) 2>/dev/null",
            ])
            #expect(!inTLS.output.contains("200 OK"))
            #expect(try await curl("http://127.0.0.1:\(port)/healthz").status != "200")
            try await expectAlive(url)
        }
    }

    @Test("with a client authority, callers need its certificate, probes do not")
    func clients() async throws {
        let caller = try authority.issueClient(commonName: "kube-apiserver")
        let certificate = try folder.write("client.crt", caller.certificatePEM)
        let key = try folder.write("client.key", caller.keyPEM)
        try await withServer(clientAuthority: ClientAuthority(.file(folder.path + "/ca.crt"), isRequired: true)) {
            url in
            let body = try folder.write("body.json", try Review.pod().text)
            let options = ["--header", "Content-Type: application/json", "--data-binary", "@" + body]
            #expect(
                try await curl(url + "/mutate-pods", options[0], options[1], options[2], options[3]).status == "403")
            let known = try await curl(
                url + "/mutate-pods", options[0], options[1], options[2], options[3], "--cert", certificate, "--key",
                key)
            #expect(known.status == "200")
            #expect(try await curl(url + "/healthz").status == "200")
        }
    }

    @Test("a server whose certificate has run out says so and is not ready")
    func expired() async throws {
        let late = try authority.issueServer(
            dnsNames: ["webhook.kubedl.svc"], validity: .seconds(60), now: WallClock.seconds() - 3600)
        try folder.write("tls.crt", late.chainPEM)
        try folder.write("tls.key", late.keyPEM)
        try await withServer { url in
            let ready = try await curl(url + "/readyz", "--insecure")
            #expect(ready.status == "503")
            #expect(ready.body.hasPrefix("certificate: it has run out on "), "\(ready.body)")
            #expect(try await curl(url + "/healthz", "--insecure").status == "200")
        }
    }

    @Test("certificates are exchanged under a client that goes on asking")
    func rotation() async throws {
        try await withServer { url in
            let address = String(url.dropFirst("https://".count))
            let show: () async throws -> String = {
                try await Program.run([
                    "sh", "-c",
                    "openssl s_client -connect \(address) </dev/null 2>/dev/null | openssl x509 -noout -ext subjectAltName",
                ]).output
            }
            #expect(try await show().contains("webhook.kubedl.svc"))
            let next = try authority.issueServer(dnsNames: ["next.kubedl.svc"], ipAddresses: ["127.0.0.1"])
            try folder.write("tls.crt", next.chainPEM)
            // Between the two writes the pair does not fit, as when kubelet is seen in the middle of a change.
            try await expectAlive(url)
            try folder.write("tls.key", next.keyPEM)
            let end = ContinuousClock.now + .seconds(20)
            while try await !show().contains("next.kubedl.svc") {
                try await expectAlive(url)
                try #require(ContinuousClock.now < end, "the new certificate is not served")
            }
            try await expectAlive(url)
        }
    }
}
