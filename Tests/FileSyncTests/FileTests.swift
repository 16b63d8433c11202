import Cryptography
import FileSync
import JSON
import Testing

struct FileTests {
    let sandbox: Sandbox
    private let content = String(repeating: "digits ", count: 100_000)

    init() throws { sandbox = try Sandbox() }

    private func source(_ server: HTTPSServer, _ path: String, sha256: String, at destination: String = "data/f.npz")
        -> String
    {
        #"{"kind":"file","url":"https://127.0.0.1:\#(server.port)\#(path)","sha256":"\#(sha256)","destination":"\#(destination)"}"#
    }

    @Test("a file appears only whole and with the right digest")
    func fetch() async throws {
        try sandbox.write("www/f", content)
        let digest = try SHA256.hexDigest(Array(content.utf8))
        try await HTTPSServer.run(in: sandbox) { server async throws in
            let trust = ["SSL_CERT_FILE": server.authority]
            let wrong = await sandbox.sync(
                source(server, "/f", sha256: String(repeating: "0", count: 64)), environment: trust)
            #expect(wrong.code == 4)
            #expect(wrong.problems.last?.contains(digest) ?? false)
            #expect(try sandbox.list("code").isEmpty)

            let right = await sandbox.sync(source(server, "/f?token=secret", sha256: digest), environment: trust)
            #expect(right.code == 0, "\(right.problems)")
            #expect(sandbox.read("code/data/f.npz") == content)
            #expect(try sandbox.list("code") == ["data"])
            #expect(!right.output.joined().contains("secret"))
            let message = try JSONDocument(parsing: try #require(sandbox.read("termination"))).root
            #expect(message["sources"]?[0]?["sha256"]?.string == digest)
            #expect(message["sources"]?[0]?["bytes"]?.int == content.utf8.count)

            let stale = await sandbox.sync(
                source(server, "/f", sha256: String(repeating: "0", count: 64)), environment: trust)
            #expect(stale.code == 4)
            #expect(sandbox.read("code/data/f.npz") == content, "what was there stays")
        }
    }

    @Test("what cannot be trusted, found, finished or is too large is a failure with its reason")
    func failures() async throws {
        try sandbox.write("www/f", content)
        let digest = try SHA256.hexDigest(Array(content.utf8))
        try await HTTPSServer.run(in: sandbox) { server async throws in
            let trust = ["SSL_CERT_FILE": server.authority]
            let cases: [(String, [String: String], String)] = [
                ("/f", [:], "127.0.0.1"), ("/none", trust, "HTTP status 404"), ("/moved", trust, "Correct the address"),
                ("/f", trust.merging(["KUBEDL_SYNC_MAX_FILE_BYTES": "1000"]) { $1 }, "larger than 1000 bytes"),
                ("/f", ["SSL_CERT_FILE": sandbox.path + "/nothing"], "SSL_CERT_FILE names"),
            ]
            for (path, environment, part) in cases {
                let run = await sandbox.sync(source(server, path, sha256: digest), environment: environment)
                #expect(run.code != 0)
                #expect(run.problems.last?.contains(part) ?? false, "\(path): \(run.problems)")
                #expect(!sandbox.exists("code/data"))
            }
        }
    }

    @Test("a repository cannot lead a later file out of the root by a symbolic link")
    func symbolicLink() async throws {
        try sandbox.write("www/f", content)
        let digest = try SHA256.hexDigest(Array(content.utf8))
        _ = try await sandbox.makeRepository("repo")
        try await sandbox.run("ln", ["-s", sandbox.path + "/outside", sandbox.path + "/repo/data"])
        _ = try await sandbox.commit("repo", "train.py", "two")
        try sandbox.write("outside/keep", "x")
        try await HTTPSServer.run(in: sandbox) { server async throws in
            let git = #"{"kind":"git","repository":"file://\#(sandbox.path)/repo","destination":"app"}"#
            let run = await sandbox.sync(
                git + "," + source(server, "/f", sha256: digest, at: "app/data/f"),
                environment: ["SSL_CERT_FILE": server.authority])
            #expect(run.code == 5)
            #expect(run.problems.last?.contains("is not a folder") ?? false)
            #expect(try sandbox.list("outside") == ["keep"])
        }
    }

    @Test("a termination message keeps within what a kubelet takes")
    func termination() throws {
        let result = SyncResult(
            source: "https://h/" + String(repeating: "x", count: 300), identity: String(repeating: "a", count: 64),
            isCommit: false, destination: "/code/f", bytes: 1, seconds: 0.5)
        let message = terminationMessage(Array(repeating: result, count: 32))
        #expect(message.count <= 4096)
        let root = try JSONDocument(parsing: message).root
        let listed = root["sources"]?.count ?? 0
        #expect(listed > 0)
        #expect(root["omitted"]?.int == 32 - listed)
    }
}
