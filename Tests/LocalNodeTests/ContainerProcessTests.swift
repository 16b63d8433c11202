import Foundation
import HTTPTransport
import Synchronization
import Testing

@testable import LocalNode

/// Runs containers as a node does, in a folder of its own.
struct Sandbox: ~Copyable {
    let folder: String
    let isolation: Isolation
    let tools: SystemTools

    /// `isolation` is what the machine allows unless given.
    init(isolation given: Isolation? = nil) async throws {
        folder = "/tmp/kubedl-node-test-\(UUID().uuidString)"
        try FileBytes.makeDirectory(folder + "/probe")
        try FileBytes.write(folder + "/script", Array(ContainerScript.text.utf8))
        tools = try SystemTools()
        let probe = IsolationProbe(script: folder + "/script", scratch: folder + "/probe", tools: tools)
        if let given { isolation = given } else { isolation = await probe.run() }
    }

    deinit { VolumeFolders.remove(folder) }

    func launch(_ command: [String], _ change: (inout ContainerLaunch) -> Void = { _ in }) throws -> ContainerLaunch {
        let scratch = "\(folder)/\(UUID().uuidString)"
        try FileBytes.makeDirectory(scratch)
        var launch = ContainerLaunch(
            command: command, environment: ["PATH=/usr/local/bin:/usr/bin:/bin"], workingDirectory: "/",
            hostname: "pod-a", mounts: [], scratch: scratch, script: folder + "/script")
        change(&launch)
        return launch
    }

    /// Runs to the end: exit code, or why nothing ran; standard output; standard error.
    func run(_ launch: ContainerLaunch) async -> (code: Int?, problem: String?, out: String, error: String) {
        let output = Captured()
        let (code, problem) = await withCheckedContinuation {
            (continuation: CheckedContinuation<(Int?, String?), Never>) in
            ContainerProcess(launch.process(isolation, tools), output: output) { event in
                switch event {
                case .started: break
                case .notStarted(let problem): continuation.resume(returning: (nil, problem))
                case .ended(let code): continuation.resume(returning: (code, nil))
                }
            }.start()
        }
        return (code, problem, output.text(.out), output.text(.error))
    }
}

final class Captured: ContainerOutput {
    private let bytes = Mutex<[OutputStreamName: [UInt8]]>([:])
    func write(_ new: [UInt8], stream: OutputStreamName) { bytes.withLock { $0[stream, default: []] += new } }
    func finish() {}
    func text(_ stream: OutputStreamName) -> String {
        String(decoding: bytes.withLock { $0[stream] ?? [] }, as: UTF8.self)
    }
}

@Suite("Containers as processes")
struct ContainerProcessTests {
    @Test(
        "exit codes are told, with 128 + the signal's number",
        arguments: [
            (["true"], 0), (["sh", "-c", "exit 3"], 3), (["sh", "-c", "kill -9 $$"], 137),
            (["sh", "-c", "kill -TERM $$"], 143), (["sh", "-c", "exit 255"], 255),
            (["/bin/sh", "-c", "exit 125"], 125),
        ])
    func exitCodes(_ command: [String], _ code: Int) async throws {
        let sandbox = try await Sandbox()
        let result = await sandbox.run(try sandbox.launch(command))
        #expect(result.code == code)
        #expect(result.out == "" && result.error == "")
    }

    @Test("a program that is not there is named")
    func missingProgram() async throws {
        let sandbox = try await Sandbox()
        let result = await sandbox.run(try sandbox.launch(["no-such-program"]))
        #expect(result.problem == #"exec: "no-such-program": executable file not found in $PATH"#)
    }

    @Test("output comes whole, also the last of it and a lot of it")
    func output() async throws {
        let sandbox = try await Sandbox()
        let result = await sandbox.run(
            try sandbox.launch(["sh", "-c", "seq 1 100000; printf end; echo err >&2"]))
        #expect(result.code == 0)
        #expect(result.out == (1...100_000).map { "\($0)\n" }.joined() + "end")
        #expect(result.error == "err\n")
    }

    @Test("environment, working directory and host name are the container's own")
    func surroundings() async throws {
        let sandbox = try await Sandbox()
        let launch = try sandbox.launch(["sh", "-c", "env | sort; pwd; hostname"]) {
            $0.environment = ["PATH=/usr/bin:/bin", "A=b c", "dotted.name=x"]
            $0.workingDirectory = $0.scratch
        }
        let result = await sandbox.run(launch)
        let lines = result.out.split(separator: "\n").map(String.init)
        #expect(lines.contains("A=b c") && lines.contains("PATH=/usr/bin:/bin"))
        #expect(!lines.contains { $0.hasPrefix("SHLVL") || $0.hasPrefix("OLDPWD") })
        if sandbox.isolation.allowsMounts { #expect(lines.last == "pod-a") }
    }

    @Test("volumes appear where they are mounted and the host's files are not touched")
    func mounts() async throws {
        let sandbox = try await Sandbox()
        guard sandbox.isolation.allowsMounts else { return }
        let folder = sandbox.folder
        try FileBytes.makeDirectory(folder + "/volume", mode: 0o777)
        try FileBytes.write(folder + "/volume/in", Array("from host".utf8))
        try FileBytes.makeDirectory(folder + "/image/usr/local/bin")
        try FileBytes.write(folder + "/image/usr/local/bin/tool", Array("#!/bin/sh\necho tool $1".utf8), mode: 0o755)
        let script = """
            cat /kubedl-mount/in; echo; echo back > /kubedl-mount/out; tool x; cat /kubedl-ro/in; echo
            echo no > /kubedl-ro/in || echo refused; echo 1 > /etc/kubedl-made; cat /etc/hosts; echo m > /dev/message
            """
        let launch = try sandbox.launch(["sh", "-c", script]) {
            $0.imageFolder = folder + "/image"
            $0.mounts = [
                ContainerMount(kind: .directory, source: folder + "/volume", target: "/kubedl-mount"),
                ContainerMount(kind: .directory, source: folder + "/volume", target: "/kubedl-ro", isReadOnly: true),
                ContainerMount(kind: .file, source: folder + "/volume/in", target: "/etc/kubedl-hosts"),
                ContainerMount(kind: .link, source: "/etc/kubedl-hosts", target: "/etc/hosts"),
            ]
        }
        let result = await sandbox.run(launch)
        #expect(result.code == 0, "\(result.error) \(result.problem ?? "")")
        #expect(result.out == "from host\ntool x\nfrom host\nrefused\nfrom host")
        #expect(FileBytes.read(folder + "/volume/out", limit: 100) == Array("back\n".utf8))
        for path in ["/kubedl-mount", "/etc/kubedl-made", "/etc/kubedl-hosts", "/dev/message", "/.host"] {
            #expect(FileBytes.isDirectory(path) == nil, "\(path) was left on the host")
        }
    }

    @Test("a container runs as the user it names")
    func user() async throws {
        let sandbox = try await Sandbox()
        guard sandbox.isolation == .namespaces(asRoot: true) else { return }
        let launch = try sandbox.launch(["sh", "-c", "id -u; id -g; id -G"]) {
            $0.user = 1234
            $0.group = 99
            $0.supplementalGroups = [7]
        }
        #expect(await sandbox.run(launch).out == "1234\n99\n99 7\n")
    }

    @Test("stopping ends at once what listens to SIGTERM, and after the grace what does not", arguments: [true, false])
    func stopping(_ listens: Bool) async throws {
        let sandbox = try await Sandbox()
        let trap = listens ? "trap 'echo bye; exit 5' TERM; " : "trap '' TERM; "
        let launch = try sandbox.launch(["sh", "-c", trap + "echo ready; while :; do sleep 0.05; done"])
        let (events, feed) = AsyncStream.makeStream(of: ContainerProcess.Event.self)
        let output = Captured()
        let process = ContainerProcess(launch.process(sandbox.isolation, sandbox.tools), output: output) {
            feed.yield($0)
        }
        process.start()
        for await event in events {
            switch event {
            case .started:
                while !output.text(.out).contains("ready") { await Task.yield() }
                process.stop(grace: listens ? .seconds(600) : .milliseconds(100))
            case .notStarted(let problem): Issue.record("not started: \(problem)")
            case .ended(let code): #expect(code == (listens ? 5 : 137))
            }
            if case .started = event { continue }
            break
        }
        #expect(output.text(.out) == (listens ? "ready\nbye\n" : "ready\n"))
    }

    @Test(
        "a handler's command runs inside the container, within its time",
        arguments: [
            (["sh", "-c", "test -e /kubedl-inside && hostname > /kubedl-said"], HandlerOutcome.success),
            (["sh", "-c", "echo broken; echo >&2; exit 3"], .failure("broken")),
            (["false"], .failure("command exited with 1")),
            (["sleep", "50"], .failure("command timed out: \"sleep 50\" timed out after 1s")),
            (["sh", "-c", "test $(hostname) = pod-a && test $A = b && test $PWD = /tmp"], .success),
        ])
    func exec(_ command: [String], _ expected: HandlerOutcome) async throws {
        let sandbox = try await Sandbox()
        guard sandbox.isolation.allowsMounts else { return }
        let launch = try sandbox.launch(["sh", "-c", "echo 1 > /kubedl-inside; exec sleep 100"]) {
            $0.environment.append("A=b")
            $0.workingDirectory = "/tmp"
        }
        let registry = ProcessRegistry()
        let (events, feed) = AsyncStream.makeStream(of: ContainerProcess.Event.self)
        let process = try #require(
            registry.start(launch.process(sandbox.isolation, sandbox.tools), output: Captured()) { feed.yield($0) })
        for await event in events {
            if case .started = event {} else { Issue.record("the container did not start: \(event)") }
            break
        }
        let http = HTTPClient()
        let runner = HandlerRunner(
            exec: ContainerExec(container: launch, process: try #require(process.processID)), address: "127.0.0.1",
            isolation: sandbox.isolation, tools: sandbox.tools, processes: registry, http: http)
        // The container's program makes its file once it runs.
        var outcome = HandlerOutcome.success
        for _ in 0..<50 {
            outcome = await runner.run(.exec(command), timeout: .seconds(1))
            if outcome == expected { break }
        }
        #expect(outcome == expected)
        http.close()
        await registry.stopAll(grace: .zero)
    }

    @Test("no descriptor of this process reaches a container")
    func descriptors() async throws {
        let sandbox = try await Sandbox()
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        let result = await sandbox.run(try sandbox.launch(["sh", "-c", "ls -l /proc/$$/fd"]))
        #expect(result.code == 0)
        #expect(!result.out.contains("socket:"), "\(result.out)")
    }

    @Test("what a container leaves running ends with it")
    func leftovers() async throws {
        let sandbox = try await Sandbox()
        guard sandbox.isolation.allowsMounts else { return }
        let name = "kubedl-left-\(UUID().uuidString.prefix(8))"
        let result = await sandbox.run(
            try sandbox.launch(["bash", "-c", "setsid bash -c 'exec -a \(name) sleep 1000' & sleep 0.1; echo ok"]))
        #expect(result.out == "ok\n")
        #expect(try Self.processes(named: name).isEmpty)
    }

    @Test("without namespaces a container is a plain process whose image comes first in PATH")
    func plain() async throws {
        let sandbox = try await Sandbox(isolation: .none(reason: "a test"))
        let folder = sandbox.folder
        try FileBytes.makeDirectory(folder + "/image/usr/local/bin")
        try FileBytes.write(
            folder + "/image/usr/local/bin/tool", Array("#!/bin/sh\necho tool; exit 9".utf8), mode: 0o755)
        let mark = "kubedl-plain-\(UUID().uuidString.prefix(8))"
        let launch = try sandbox.launch(["bash", "-c", "(exec -a \(mark) sleep 1000) & sleep 0.1; exec tool"]) {
            $0.imageFolder = folder + "/image"
        }
        let result = await sandbox.run(launch)
        #expect(result.code == 9)
        #expect(result.out == "tool\n")
        // It is killed before the end is told, and gone a moment later.
        for _ in 0..<500 where try !Self.processes(named: mark).isEmpty { await Task.yield() }
        #expect(try Self.processes(named: mark).isEmpty)
    }

    private static func processes(named name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { entry in
            guard let bytes = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline") else { return false }
            return String(decoding: bytes, as: UTF8.self).hasPrefix(name)
        }
    }
}
