internal import Glibc
internal import Synchronization

/// Finds out by trying what a machine allows.
struct IsolationProbe: Sendable {
    /// The path of the script.
    var script: String
    /// An empty folder to work in.
    var scratch: String
    /// The tools to try with.
    var tools: SystemTools

    private final class Collected: ContainerOutput {
        func write(_ bytes: [UInt8], stream: OutputStreamName) {}
        func finish() {}
    }

    /// The most that is allowed: namespaces as root, else with a user namespace, else none and why.
    func run() async -> Isolation {
        let isolation = Isolation.namespaces(asRoot: geteuid() == 0)
        return await attempt(isolation).map { .none(reason: $0) } ?? isolation
    }

    /// Why a container cannot be started so; nil if it can.
    private func attempt(_ isolation: Isolation) async -> String? {
        let launch = ContainerLaunch(
            command: ["true"], environment: ["PATH=/usr/bin:/bin"], workingDirectory: "/", hostname: "probe",
            mounts: [ContainerMount(kind: .directory, source: scratch, target: "/kubedl-probe", isReadOnly: true)],
            scratch: scratch, script: script)
        return await withCheckedContinuation { continuation in
            let process = ContainerProcess(launch.process(isolation, tools), output: Collected()) { event in
                switch event {
                case .started: break
                case .notStarted(let problem): continuation.resume(returning: problem)
                case .ended(let code):
                    continuation.resume(returning: code == 0 ? nil : "a test container ended with exit code \(code)")
                }
            }
            process.start()
        }
    }
}
