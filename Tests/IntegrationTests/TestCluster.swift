import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

/// A local cluster of three nodes with two GPUs each and the suite's three processes, all real and on free ports.
final class TestCluster: KubectlTarget {
    enum Part: String, CaseIterable, Sendable { case webhook, extender, controllers }

    let folder: URL
    let ports: [Part: Int]
    private let processes = Mutex<[String: Process]>([:])

    /// The cluster of the running suite.
    @TaskLocal static var current: TestCluster?

    private init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "kubedl-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        ports = [.webhook: try freePort(), .extender: try freePort()]
    }

    /// Starts everything and waits until it is ready.
    static func start() async throws -> TestCluster {
        let cluster = try TestCluster()
        do {
            try await cluster.startCluster()
            try await cluster.install()
            for part in Part.allCases { try cluster.start(part) }
            for part in [Part.webhook, .extender] { try await cluster.waitUntilReady(part) }
        } catch {
            cluster.stop()
            throw error
        }
        return cluster
    }

    /// Ends every process, the cluster last, and removes the folder.
    func stop() {
        let running = processes.withLock { current in
            defer { current = [:] }
            return current
        }
        for (name, process) in running where name != "cluster" { process.terminate() }
        running["cluster"]?.terminate()
        for process in running.values { process.waitUntilExit() }
        try? FileManager.default.removeItem(at: folder)
    }

    // MARK: the suite's processes

    func start(_ part: Part) throws {
        let certificate = [
            "--cert", folder.appending(path: "certs/tls.crt").path(), "--key",
            folder.appending(path: "certs/tls.key").path(),
        ]
        let listening = ["--host", "127.0.0.1", "--port", "\(ports[part] ?? 0)"]
        switch part {
        case .webhook: try spawn("webhook", "kubedl", ["webhook"] + listening + certificate)
        case .extender: try spawn("extender", "kubedl", ["extender"] + listening + certificate)
        case .controllers: try spawn("controllers", "kubedl", ["controllers"])
        }
    }

    /// Ends a process as a crash of its machine would, and waits until it is gone.
    func kill(_ part: Part) {
        guard let process = processes.withLock({ $0.removeValue(forKey: part.rawValue) }) else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func waitUntilReady(_ part: Part) async throws {
        try await eventually("\(part) ready") {
            let result = try await run(
                URL(filePath: "/usr/bin/curl"),
                [
                    "-sf", "-m", "2", "--cacert", self.folder.appending(path: "certs/ca.crt").path(),
                    "https://127.0.0.1:\(self.ports[part] ?? 0)/readyz",
                ], scratch: self.folder)
            return result.status == 0 ? () : nil
        }
    }

    /// The log of a process of this cluster, for a failed expectation.
    func log(_ name: String) -> String {
        (try? String(contentsOf: folder.appending(path: "\(name).log"), encoding: .utf8)) ?? ""
    }

    // MARK: setting up

    private func startCluster() async throws {
        let issued = try await run(
            URL(filePath: "/bin/bash"),
            [
                Fixture.checkout.appending(path: "certs/issue.sh").path(), folder.appending(path: "certs").path(),
                "--dns",
                "localhost", "--ip", "127.0.0.1",
            ], scratch: folder)
        guard issued.status == 0 else { throw CommandFailure(command: "certs/issue.sh", result: issued) }
        let scheduler = try await run(
            builtProduct("kubedl"),
            [
                "extender", "print-scheduler-config", "--url", "https://127.0.0.1:\(ports[.extender] ?? 0)/scheduler",
                "--ca-file", folder.appending(path: "certs/ca.crt").path(),
            ], scratch: folder)
        guard scheduler.status == 0 else { throw CommandFailure(command: "print-scheduler-config", result: scheduler) }
        try scheduler.output.write(to: folder.appending(path: "scheduler.yaml"), atomically: true, encoding: .utf8)
        try spawn(
            "cluster", "kubedl-local",
            [
                "up", "--directory", folder.appending(path: "cluster").path(), "--kubeconfig",
                folder.appending(path: "kubeconfig").path(), "--nodes", "3", "--cpus", "4", "--gpus", "2",
                "--scheduler-config", folder.appending(path: "scheduler.yaml").path(),
            ])
        try await eventually("the nodes register") {
            let nodes = try await self.tryKubectl("get", "nodes", "-o", "name").output
            return nodes.split(separator: "\n").count == 3 ? () : nil
        }
        try await kubectl("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=60s")
    }

    private func install() async throws {
        try await kubectl("create", "namespace", "kubedl-system")
        try await kubectl("apply", "-f", Fixture.checkout.appending(path: "charts/kubedl/crds").path())
        try await kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        let authority = try Data(contentsOf: folder.appending(path: "certs/ca.crt")).base64EncodedString()
        let rendered = try await run(
            Fixture.checkout.appending(path: ".tools/bin/helm"),
            [
                "template", "kubedl", Fixture.checkout.appending(path: "charts/kubedl").path(), "--namespace",
                "kubedl-system", "--show-only", "templates/webhook.yaml", "--set",
                "webhook.external.url=https://127.0.0.1:\(ports[.webhook] ?? 0)", "--set",
                "webhook.external.caBundle=\(authority)",
            ], scratch: folder)
        guard rendered.status == 0 else { throw CommandFailure(command: "helm template", result: rendered) }
        try await kubectl("apply", "-f", "-", input: rendered.output)
    }

    private func spawn(_ name: String, _ product: String, _ arguments: [String]) throws {
        let log = folder.appending(path: "\(name).log")
        if !FileManager.default.fileExists(atPath: log.path()) { try Data().write(to: log) }
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        let process = Process()
        process.executableURL = builtProduct(product)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging([
            "KUBECONFIG": folder.appending(path: "kubeconfig").path(), "SWIFT_BACKTRACE": "enable=no",
        ]) { $1 }
        process.standardOutput = output
        process.standardError = output
        try process.run()
        processes.withLock { $0[name] = process }
    }
}

/// A TCP port of the loopback interface that nobody listens on now.
private func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
    }
    guard bound else { throw POSIXError(.EADDRINUSE) }
    return Int(UInt16(bigEndian: address.sin_port))
}

/// Gives every test of a suite one running cluster and takes it down after the last.
struct ClusterTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let cluster = try await TestCluster.start()
        defer { cluster.stop() }
        try await TestCluster.$current.withValue(cluster) { try await function() }
    }
}

extension Trait where Self == ClusterTrait {
    /// One running cluster for the whole suite, as ``TestCluster/current``.
    static var cluster: Self { ClusterTrait() }
}
