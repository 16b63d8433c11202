import KubernetesModel
import TestSupport
import Testing

@testable import KubernetesClient

@Suite("credentials stay fresh") struct CredentialSourceTests {
    let time = ManualTime()

    @Test("tokens and passwords become an Authorization field")
    func plain() async throws {
        let token = CredentialSource(.token("abc"), time: time.source)
        #expect(try await token.ticket().authorization == "Bearer abc")
        let basic = CredentialSource(.basic(user: "Aladdin", password: "open sesame"), time: time.source)
        #expect(try await basic.ticket().authorization == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
    }

    @Test("a token file is read again after a minute or a refusal, and an unreadable one leaves the old token")
    func tokenFile() async throws {
        let folder = try TemporaryFolder()
        try folder.write("token", "one\n")
        let source = CredentialSource(.tokenFile("\(folder.path)/token"), time: time.source)
        #expect(try await source.ticket().authorization == "Bearer one")
        try folder.write("token", "two")
        time.advance(by: .seconds(59))
        #expect(try await source.ticket().authorization == "Bearer one")
        time.advance(by: .seconds(1))
        #expect(try await source.ticket().authorization == "Bearer two")
        try folder.write("token", "three")
        await source.refused(.init(authorization: "Bearer one"))
        #expect(try await source.ticket().authorization == "Bearer two", "an older ticket's refusal says nothing")
        await source.refused(.init(authorization: "Bearer two"))
        #expect(try await source.ticket().authorization == "Bearer three")
        try folder.write("token", "")
        time.advance(by: .seconds(61))
        #expect(try await source.ticket().authorization == "Bearer three")
    }

    @Test("a plugin runs once for all who wait, and again shortly before its credential expires")
    func plugin() async throws {
        let runs = Shared(0)
        let time = time
        let source = CredentialSource(.exec(ExecPlugin(command: "x")), time: time.source) { plugin in
            let number = runs.withLock { runs in
                runs += 1
                return runs
            }
            await Task.yield()
            let end = time.source.wallClock() + .seconds(600)
            return try ExecCredential(parsing: Self.output(token: "t\(number)", end: end), of: plugin)
        }
        try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<10 { group.addTask { try await source.ticket().authorization } }
            for try await token in group { #expect(token == "Bearer t1") }
        }
        time.advance(by: .seconds(569))
        #expect(try await source.ticket().authorization == "Bearer t1")
        time.advance(by: .seconds(1))
        #expect(try await source.ticket().authorization == "Bearer t2")
        await source.refused(try await source.ticket())
        #expect(try await source.ticket().authorization == "Bearer t3")
    }

    private static func output(token: String, end: Timestamp) -> [UInt8] {
        let text = """
            {"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1",
             "status": {"token": "\(token)", "expirationTimestamp": "\(end)"}}
            """
        return Array(text.utf8)
    }

    @Test("a real plugin gets its arguments, its environment and the request, and its output is read")
    func realPlugin() async throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "plugin",
            #"""
            #!/bin/sh
            test "$EXTRA" = yes && test "$1" = one || exit 3
            case "$KUBERNETES_EXEC_INFO" in *'"server":"https://x"'*) ;; *) exit 4;; esac
            printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",'
            printf '"status":{"clientCertificateData":"C","clientKeyData":"K"}}'
            """#)
        try Command.run(["chmod", "+x", "plugin"], in: folder.path)
        let plugin = ExecPlugin(
            command: "\(folder.path)/plugin", arguments: ["one"], environment: ["EXTRA": "yes"],
            clusterInfo: #"{"server":"https://x"}"#)
        let ticket = try await CredentialSource(.exec(plugin), time: time.source).ticket()
        #expect(ticket.certificatePEM == Array("C".utf8))
        #expect(ticket.keyPEM == Array("K".utf8))
        #expect(ticket.authorization == nil)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var script: String
        var says: String
    }

    @Test(
        "a plugin that fails or prints something else is an error that quotes no secret",
        arguments: [
            Bad(testDescription: "fails", script: "echo oh no >&2; exit 7", says: "oh no"),
            Bad(testDescription: "no JSON", script: "echo secret", says: "printed no JSON"),
            Bad(testDescription: "other kind", script: "echo '{}'", says: "something other"),
            Bad(
                testDescription: "no credential",
                script: #"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"}'"#,
                says: "neither"),
        ])
    func badPlugin(row: Bad) async throws {
        let plugin = ExecPlugin(command: "sh", arguments: ["-c", row.script])
        let source = CredentialSource(.exec(plugin), time: time.source)
        let error = await #expect(throws: ConfigurationError.self) { try await source.ticket() }
        #expect(error?.message.contains(row.says) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("secret") == false)
    }

    @Test("a plugin that is not installed is named, with its hint")
    func missingPlugin() async throws {
        let plugin = ExecPlugin(command: "no-such-plugin-anywhere", installHint: "see example.com")
        let source = CredentialSource(.exec(plugin), time: time.source)
        let error = await #expect(throws: ConfigurationError.self) { try await source.ticket() }
        #expect(error?.message.contains("no-such-plugin-anywhere") == true)
        #expect(error?.message.contains("see example.com") == true)
    }
}
