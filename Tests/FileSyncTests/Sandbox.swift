import FileSync
import FoundationEssentials
import Subprocess
import Synchronization
import Testing

/// A folder of its own for one test, with tools to make repositories; removed at the end.
final class Sandbox: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path() + "/kubedl-sync-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var root: String { path + "/code" }

    func write(_ name: String, _ text: String) throws {
        let file = path + "/" + name
        let folder = String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)])
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: file))
    }

    func read(_ name: String) -> String? {
        (try? Data(contentsOf: URL(filePath: path + "/" + name))).map { String(decoding: $0, as: UTF8.self) }
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }

    func list(_ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path + "/" + name).sorted()
    }

    /// Runs a program in the sandbox and returns its output. Throws when it fails.
    @discardableResult
    func run(_ program: String, _ arguments: [String]) async throws -> String {
        let result = try await Subprocess.run(
            .name(program), arguments: Arguments(arguments),
            environment: .inherit.updating([
                "HOME": path, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a",
                "GIT_COMMITTER_EMAIL": "a@example.com", "GIT_ALLOW_PROTOCOL": "file",
            ]), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else {
            throw SyncError(.source, "\(program) \(arguments): \(result.standardError)")
        }
        return result.standardOutput.filter { $0 != "\n" }
    }

    func git(_ repository: String, _ arguments: String...) async throws -> String {
        try await run("git", ["-C", path + "/" + repository] + arguments)
    }

    /// Makes a repository `name` with one commit that holds `train.py`. Returns the commit.
    func makeRepository(_ name: String) async throws -> String {
        try await run("git", ["init", "-q", "-b", "main", path + "/" + name])
        return try await commit(name, "train.py", "one")
    }

    func commit(_ repository: String, _ file: String, _ text: String) async throws -> String {
        try write(repository + "/" + file, text)
        _ = try await git(repository, "add", ".")
        _ = try await git(repository, "commit", "-q", "-m", text)
        return try await git(repository, "rev-parse", "HEAD")
    }

    /// Runs `kubedl-sync` with a configuration below the sandbox's root.
    func sync(_ sources: String, environment: [String: String] = [:]) async -> Run {
        await sync(
            environment: environment.merging(["KUBEDL_SYNC_CONFIG": #"{"root":"\#(root)","sources":[\#(sources)]}"#]) {
                first, _ in first
            })
    }

    func sync(environment: [String: String]) async -> Run {
        let lines = Lines()
        let program = SyncProgram(
            environment: environment.merging(["KUBEDL_TERMINATION_LOG": path + "/termination"]) { first, _ in first },
            say: { line in lines.output.withLock { $0.append(line) } },
            complain: { line in lines.problems.withLock { $0.append(line) } })
        let code = await program.run()
        return Run(code: code, output: lines.output.withLock { $0 }, problems: lines.problems.withLock { $0 })
    }

    struct Run {
        var code: Int32
        var output: [String]
        var problems: [String]
    }
}

private final class Lines: Sendable {
    let output = Mutex<[String]>([])
    let problems = Mutex<[String]>([])
}
