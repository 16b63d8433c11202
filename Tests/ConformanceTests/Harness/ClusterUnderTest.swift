import Foundation
import JSON
import KubernetesClient
import Synchronization
import TestSupport
import Testing

/// The server that the cases speak to: the one of a kubeconfig, or a local cluster of our own.
final class ClusterUnderTest: Sendable {
    let client: KubernetesClient
    /// Whether the server is ours, started for this run.
    let isOwn: Bool
    /// Whether controllers run: garbage collection, namespaces, service accounts.
    let hasControllers: Bool
    /// What this run's objects outside its namespaces are named after.
    let suffix: String
    /// At most so many cases at a time.
    let places = Places(24)
    private let folder: TemporaryFolder?

    /// The one of the running suite.
    @TaskLocal static var current: ClusterUnderTest?

    /// The API group of ``Widget``.
    var group: String { "c\(suffix).example.com" }

    private init(client: KubernetesClient, suffix: String, hasControllers: Bool, folder: TemporaryFolder?) {
        self.client = client
        self.suffix = suffix
        self.hasControllers = hasControllers
        self.folder = folder
        isOwn = folder != nil
    }

    static func start() async throws -> ClusterUnderTest {
        let suffix = Self.randomSuffix()
        let cluster: ClusterUnderTest
        if let kubeconfig = ProcessInfo.processInfo.environment["KUBEDL_CONFORMANCE_KUBECONFIG"], !kubeconfig.isEmpty {
            let client = try Self.client(kubeconfig)
            cluster = ClusterUnderTest(
                client: client, suffix: suffix, hasControllers: try await Self.findControllers(client, suffix),
                folder: nil)
        } else {
            let folder = try TemporaryFolder()
            try await Self.local(["up", "--detach", "--nodes", "1"], folder)
            cluster = ClusterUnderTest(
                client: try Self.client(folder.path + "/kubeconfig"), suffix: suffix, hasControllers: true,
                folder: folder)
        }
        do { try await Widget.install(in: cluster) } catch {
            await cluster.stop()
            throw error
        }
        return cluster
    }

    func stop() async {
        _ = try? await client.raw("DELETE", Widget.definitionPath(in: self))
        client.close()
        guard let folder else { return }
        _ = try? await Self.local(["down"], folder)
        folder.remove()
    }

    /// Five characters that no other object has, most likely.
    static func randomSuffix() -> String {
        String((0..<5).compactMap { _ in "bcdfghjklmnpqrstvwxz2456789".randomElement() })
    }

    private static func client(_ kubeconfig: String) throws -> KubernetesClient {
        KubernetesClient(configuration: try .load(kubeconfig: kubeconfig), userAgent: "conformance/1.0 (test)")
    }

    /// The same server as another user.
    func client(headers: [(String, String)]) -> KubernetesClient {
        var configuration = client.configuration
        configuration.headers += headers
        return KubernetesClient(configuration: configuration, userAgent: "conformance/1.0 (test)")
    }

    /// A new namespace gets a service account from a controller.
    private static func findControllers(_ client: KubernetesClient, _ suffix: String) async throws -> Bool {
        let path = "/api/v1/namespaces/probe-\(suffix)"
        let body = #"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"probe-\#(suffix)"}}"#
        _ = try await client.raw("POST", "/api/v1/namespaces", body: Array(body.utf8))
        let account = try? await eventually("a service account", within: .seconds(10)) {
            try? await client.raw("GET", path + "/serviceaccounts/default")
        }
        _ = try await client.raw("DELETE", path)
        return account != nil
    }

    @discardableResult
    private static func local(_ arguments: [String], _ folder: TemporaryFolder) async throws -> String {
        // The test bundle stands beside the products of the same build.
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? ""
        let beside = URL(filePath: bundle).deletingLastPathComponent().appending(path: "kubedl-local")
        let program =
            FileManager.default.isExecutableFile(atPath: beside.path())
            ? beside : Fixture.checkout.appending(path: ".build/debug/kubedl-local")
        return try await Program.output(
            [program.path()] + arguments + ["--directory", folder.path], environment: ["SWIFT_BACKTRACE": "enable=no"])
    }
}

/// Something that the harness needs and does not get.
struct Failure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// A number of places that cases take and give back.
final class Places: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: count)) }

    func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    func giveBack() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}

/// Asks again until `condition` gives a value; throws what never came once `patience` is over.
@discardableResult
func eventually<Value>(
    _ what: String, within patience: Duration = .seconds(30), _ condition: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + patience
    while true {
        if let value = try await condition() { return value }
        guard ContinuousClock.now < deadline else { throw Failure("\(what): not within \(patience)") }
        try await ContinuousClock().sleep(for: .milliseconds(50))
    }
}
