import Cryptography
import FileSync
import FoundationEssentials
import Glibc
import Subprocess
import Testing

@Suite("Files over ssh")
struct FileServerTests {
    let sandbox: Sandbox
    private static let sshd = "/usr/sbin/sshd"

    init() throws { sandbox = try Sandbox() }

    @Test(
        "a file comes over sftp by key, and only from a host whose key is known; so does a repository over ssh",
        .enabled(if: FileManager.default.fileExists(atPath: FileServerTests.sshd) && geteuid() == 0))
    func ssh() async throws {
        for name in ["host", "user", "other"] {
            try await sandbox.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", sandbox.path + "/" + name])
        }
        let commit = try await sandbox.makeRepository("repo")
        try sandbox.write("file", "content")
        let digest = try SHA256.hexDigest(Array("content".utf8))
        let port = try await freePort()
        try sandbox.write(
            "sshd_config",
            """
            Port \(port)
            ListenAddress 127.0.0.1
            HostKey \(sandbox.path)/host
            AuthorizedKeysFile \(sandbox.path)/user.pub
            StrictModes no
            PermitRootLogin yes
            PidFile none
            Subsystem sftp internal-sftp
            """)
        try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        _ = try await Subprocess.run(
            .name("sh"), arguments: ["-c", "exec \(Self.sshd) -D -e -f \(sandbox.path)/sshd_config"], input: .none,
            output: .discarded, error: .discarded
        ) { execution in
            do { try await fetch(port, digest, commit) } catch {
                try execution.send(signal: .kill)
                throw error
            }
            try execution.send(signal: .kill)
        }
    }

    private func fetch(_ port: Int, _ digest: String, _ commit: String) async throws {
        let file =
            #"{"kind":"file","url":"sftp://127.0.0.1:\#(port)\#(sandbox.path)/file","sha256":"\#(digest)","destination":"f","maximumFailures":9,"secretDirectory":"\#(sandbox.path)/secret"}"#
        let git =
            #"{"kind":"git","repository":"ssh://root@127.0.0.1:\#(port)\#(sandbox.path)/repo","commit":"\#(commit)","destination":"r","secretDirectory":"\#(sandbox.path)/secret"}"#
        try sandbox.write("secret/username", "root\n")
        try sandbox.write("secret/ssh-privatekey", sandbox.read("user") ?? "")
        for source in [file, git] {
            let run = await sandbox.sync(source)
            #expect(run.code == 2 || run.code == 3, "\(run.problems)")
            #expect(run.problems.last?.contains("known_hosts") ?? false, "\(run.problems)")
        }
        for (name, isKnown) in [("other", false), ("host", true)] {
            let key = (sandbox.read(name + ".pub") ?? "").split(separator: " ").prefix(2).joined(separator: " ")
            try sandbox.write("secret/known_hosts", "[127.0.0.1]:\(port) \(key)\n")
            for source in [file, git] {
                let run = await sandbox.sync(source)
                #expect((run.code == 0) == isKnown, "\(name): \(run.problems)")
            }
        }
        #expect(sandbox.read("code/f") == "content" && sandbox.read("code/r/train.py") == "one")
    }

    private func freePort() async throws -> Int {
        let text = try await sandbox.run(
            "python3",
            ["-c", "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"])
        return try #require(Int(text))
    }
}
