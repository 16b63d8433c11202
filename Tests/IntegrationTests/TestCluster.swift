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
    private let processes = Mutex<[String: ChildProcess]>([:])

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
            await cluster.stop()
            throw error
        }
        return cluster
    }

    /// Ends every process, the cluster last, and removes the folder.
    func stop() async {
        let running = processes.withLock { current in
            defer { current = [:] }
            return current
        }
        for (name, process) in running where name != "cluster" { process.send(SIGTERM) }
        for (name, process) in running where name != "cluster" { _ = await process.wait() }
        running["cluster"]?.send(SIGTERM)
        _ = await running["cluster"]?.wait()
        try? FileManager.default.removeItem(at: folder)
    }

    // MARK: the suite's processes

    func start(_ part: Part) throws {
        let certificate = ["--cert", path("certs/tls.crt"), "--key", path("certs/tls.key")]
        let listening = ["--host", "127.0.0.1", "--port", "\(ports[part] ?? 0)"]
        switch part {
        case .webhook: try spawn("webhook", "kubedl", ["webhook"] + listening + certificate)
        case .extender:
            let access = ["--kubeconfig", kubeconfig(of: part)]
            try spawn("extender", "kubedl", ["extender"] + listening + certificate + access)
        case .controllers:
            try spawn("controllers", "kubedl", ["controllers", "--kubeconfig", kubeconfig(of: part)])
        }
    }

    /// Ends a process as a crash of its machine would, and waits until it is gone.
    func kill(_ part: Part) async { await kill(part.rawValue) }

    /// The same by the name that the process was started with.
    func kill(_ name: String) async {
        guard let process = processes.withLock({ $0.removeValue(forKey: name) }) else { return }
        process.send(SIGKILL)
        _ = await process.wait()
    }

    func waitUntilReady(_ part: Part) async throws {
        try await eventually("\(part) ready") {
            let result = try await Program.run([
                "curl", "-sf", "-m", "2", "--cacert", self.path("certs/ca.crt"),
                "https://127.0.0.1:\(self.ports[part] ?? 0)/readyz",
            ])
            return result.status == 0 ? () : nil
        }
    }

    /// The log of a process of this cluster, for a failed expectation.
    func log(_ name: String) -> String {
        (try? String(contentsOf: folder.appending(path: "\(name).log"), encoding: .utf8)) ?? ""
    }

    // MARK: setting up

    static func checkout(_ name: String) -> String { Fixture.checkout.appending(path: name).path() }

    func path(_ name: String) -> String { folder.appending(path: name).path() }

    private func startCluster() async throws {
        try await Program.output([
            Self.checkout("certs/issue.sh"), path("certs"), "--dns", "localhost", "--ip", "127.0.0.1",
        ])
        let scheduler = try await Program.output([
            builtProduct("kubedl").path(), "extender", "print-scheduler-config", "--url",
            "https://127.0.0.1:\(ports[.extender] ?? 0)/scheduler", "--ca-file", path("certs/ca.crt"),
        ])
        try scheduler.write(toFile: path("scheduler.yaml"), atomically: true, encoding: .utf8)
        try spawn(
            "cluster", "kubedl-local",
            [
                "up", "--directory", path("cluster"), "--kubeconfig",
                path("kubeconfig"), "--nodes", "3", "--cpus", "4", "--gpus", "2",
                "--scheduler-config", path("scheduler.yaml"),
            ])
        try await eventually("the nodes register") {
            let nodes = try await self.tryKubectl("get", "nodes", "-o", "name").output
            return nodes.split(separator: "\n").count == 3 ? () : nil
        }
        try await kubectl("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=60s")
    }

    private func install() async throws {
        try await kubectl("create", "namespace", "kubedl-system")
        try await kubectl("apply", "-f", Self.checkout("charts/kubedl/crds"))
        try await kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        try await kubectl("apply", "-f", "-", input: try await chart("webhook", try externalWebhook))
        try await kubectl("apply", "-f", "-", input: try await chart("host-network-policy"))
        for part in [Part.extender, .controllers] { try await grantAccess(to: part) }
    }

    func spawn(_ name: String, _ product: String, _ arguments: [String]) throws {
        var files = ChildProcess.Files()
        files.output = path("\(name).log")
        files.errors = files.output
        let process = try ChildProcess(
            [builtProduct(product).path()] + arguments,
            environment: ["KUBECONFIG": path("kubeconfig"), "SWIFT_BACKTRACE": "enable=no"], files: files)
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
        let result: Result<Void, any Error>
        do {
            result = .success(try await TestCluster.$current.withValue(cluster) { try await function() })
        } catch { result = .failure(error) }
        await cluster.stop()
        try result.get()
    }
}

extension Trait where Self == ClusterTrait {
    /// One running cluster for the whole suite, as ``TestCluster/current``.
    static var cluster: Self { ClusterTrait() }
}
