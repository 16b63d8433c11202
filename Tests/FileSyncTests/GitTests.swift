import FileSync
import FoundationEssentials
import Glibc
import JSON
import Testing

struct GitTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    private func source(_ repository: String, _ more: String = "") -> String {
        #"{"kind":"git","repository":"file://\#(sandbox.path)/\#(repository)","destination":"app","maximumFailures":0\#(more)}"#
    }

    @Test("a repository becomes a folder, and says which commit it is")
    func clone() async throws {
        let commit = try await sandbox.makeRepository("repo")
        let run = await sandbox.sync(source("repo"))
        #expect(run.code == 0, "\(run.problems)")
        #expect(sandbox.read("code/app/train.py") == "one")
        #expect(try sandbox.list("code") == ["app"])
        #expect(run.output == ["git: file://\(sandbox.path)/repo \(commit) -> \(sandbox.root)/app"])
        let message = try JSONDocument(parsing: try #require(sandbox.read("termination"))).root
        #expect(message["sources"]?[0]?["commit"]?.string == commit)
        #expect(message["sources"]?[0]?["bytes"]?.int ?? 0 > 0)
    }

    @Test("a branch, a tag, a commit and a commit behind a shallow history are checked out")
    func revisions() async throws {
        let first = try await sandbox.makeRepository("repo")
        _ = try await sandbox.git("repo", "tag", "v1")
        _ = try await sandbox.commit("repo", "train.py", "two")
        _ = try await sandbox.git("repo", "checkout", "-q", "-b", "dev")
        _ = try await sandbox.commit("repo", "train.py", "three")
        _ = try await sandbox.git("repo", "checkout", "-q", "main")
        for (more, text) in [
            ("", "two"), (#","branch":"dev""#, "three"), (#","branch":"dev","depth":1"#, "three"),
            (#","revision":"v1""#, "one"), (#","revision":"\#(first)","depth":1"#, "one"),
            (#","revision":"v1","depth":1"#, "one"), (#","revision":"dev""#, "three"),
            (#","revision":"\#(first.prefix(10))","depth":1"#, "one"),
        ] {
            let run = await sandbox.sync(source("repo", more))
            #expect(run.code == 0, "\(more): \(run.problems)")
            #expect(sandbox.read("code/app/train.py") == text, "\(more)")
        }
    }

    @Test("a second run replaces the first, and files that are gone are gone")
    func again() async throws {
        _ = try await sandbox.makeRepository("repo")
        #expect(await sandbox.sync(source("repo")).code == 0)
        try sandbox.write("code/app/left-over", "x")
        try sandbox.write("code/.kubedl-tmp-sync/tree/half", "x")
        _ = try await sandbox.commit("repo", "train.py", "two")
        #expect(await sandbox.sync(source("repo")).code == 0)
        #expect(sandbox.read("code/app/train.py") == "two")
        #expect(!sandbox.exists("code/app/left-over"))
        #expect(try sandbox.list("code") == ["app"])
    }

    @Test("submodules come with it")
    func submodules() async throws {
        _ = try await sandbox.makeRepository("part")
        _ = try await sandbox.makeRepository("repo")
        _ = try await sandbox.git("repo", "submodule", "--quiet", "add", "file://\(sandbox.path)/part", "lib")
        _ = try await sandbox.git("repo", "commit", "-q", "-m", "add lib")
        let run = await sandbox.sync(source("repo"))
        #expect(run.code == 0, "\(run.problems)")
        #expect(sandbox.read("code/app/lib/train.py") == "one")
    }

    @Test("a local repository that belongs to another user is read all the same", .enabled(if: geteuid() == 0))
    func otherOwner() async throws {
        _ = try await sandbox.makeRepository("repo")
        try await sandbox.run("git", ["clone", "-q", "--bare", sandbox.path + "/repo", sandbox.path + "/bare.git"])
        try await sandbox.run("chown", ["-R", "12345", sandbox.path + "/repo", sandbox.path + "/bare.git"])
        for name in ["repo", "bare.git"] {
            let run = await sandbox.sync(source(name))
            #expect(run.code == 0, "\(name): \(run.problems)")
            #expect(sandbox.read("code/app/train.py") == "one")
        }
    }

    @Test("a missing branch or repository leaves nothing and says what to check")
    func missing() async throws {
        _ = try await sandbox.makeRepository("repo")
        for bad in [source("repo", #","branch":"none""#), source("nowhere"), source("repo", #","revision":"none""#)] {
            let run = await sandbox.sync(bad)
            #expect(run.code == 3)
            #expect(run.problems.last?.hasPrefix("kubedl-sync: ") ?? false)
            #expect(try sandbox.list("code").isEmpty)
        }
    }

    @Test("it tries again as often as it is told")
    func retries() async throws {
        let run = await sandbox.sync(
            source("nowhere").replacing(#""maximumFailures":0"#, with: #""maximumFailures":1"#))
        #expect(run.code == 3)
        #expect(run.problems.count == 2)
        #expect(run.problems[0].contains("Trying again"))
    }

    @Test("hooks and settings of the user who runs it play no part")
    func isolation() async throws {
        _ = try await sandbox.makeRepository("repo")
        try sandbox.write(".gitconfig", "[url \"file:///nowhere/\"]\n\tinsteadOf = file://\n")
        let run = await sandbox.sync(source("repo"), environment: ["HOME": sandbox.path])
        #expect(run.code == 0, "\(run.problems)")
    }

    @Test("the password is in no argument, no message and no file that stays")
    func password() async throws {
        let text = #"{"kind":"git","repository":"https://127.0.0.1:9/o/r.git","destination":"app","maximumFailures":0}"#
        let run = await sandbox.sync(
            text, environment: ["GIT_SYNC_USERNAME": "u", "GIT_SYNC_PASSWORD": "hunter2-secret"])
        #expect(run.code == 3)
        #expect(!run.problems.joined().contains("hunter2"))
        #expect(try sandbox.list("code").isEmpty)
    }

    @Test("over https, the password in a Secret goes to its own host and stays nowhere")
    func credentials() async throws {
        let commit = try await sandbox.makeRepository("repo")
        try sandbox.write("secret/username", "ci\n")
        try sandbox.write("secret/password", "pass word@:/\n")
        try await HTTPSServer.run(in: sandbox) { server async throws in
            let trust = ["SSL_CERT_FILE": server.authority]
            func text(_ more: String) -> String {
                let url = "https://127.0.0.1:\(server.port)/git/repo"
                return #"{"kind":"git","repository":"\#(url)","destination":"app","maximumFailures":0\#(more)}"#
            }
            let refused = await sandbox.sync(text(""), environment: trust)
            #expect(refused.code == 3, "without a password")
            let untrusted = await sandbox.sync(text(""))
            #expect(untrusted.code == 3 && (untrusted.problems.last?.contains("certificate") ?? false))
            let run = await sandbox.sync(
                text(#","secretDirectory":"\#(sandbox.path)/secret","depth":1"#), environment: trust)
            #expect(run.code == 0, "\(run.problems)")
            #expect(run.output.first?.contains(commit) ?? false)
            #expect(sandbox.read("code/app/train.py") == "one")
            #expect(!(sandbox.read("code/app/.git/config") ?? "pass word").contains("pass"))
            #expect(try sandbox.list("code") == ["app"])
        }
    }

    @Test("the folder is readable by other users")
    func permissions() async throws {
        _ = try await sandbox.makeRepository("repo")
        #expect(await sandbox.sync(source("repo")).code == 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: sandbox.root + "/app")
        let file = try FileManager.default.attributesOfItem(atPath: sandbox.root + "/app/train.py")
        #expect(attributes[.posixPermissions] as? UInt == 0o755 || (attributes[.posixPermissions] as? Int) == 0o755)
        #expect(file[.posixPermissions] as? UInt == 0o644 || (file[.posixPermissions] as? Int) == 0o644)
    }
}
