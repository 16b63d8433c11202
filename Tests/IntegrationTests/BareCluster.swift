import Foundation
import JSON
import TestSupport
import Testing

/// A local cluster without the suite: what a newcomer gets from `kubedl-local up`.
final class BareCluster: KubectlTarget {
    let folder: URL

    /// The cluster of the running suite.
    @TaskLocal static var current: BareCluster?

    private init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "kubedl-bare-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Starts a cluster in the background, as `--detach` does.
    static func start(_ arguments: String...) async throws -> BareCluster { try await start(arguments) }

    /// Starts a cluster in the background, as `--detach` does.
    static func start(_ arguments: [String]) async throws -> BareCluster {
        let cluster = try BareCluster()
        try await cluster.local(["up", "--detach"] + arguments)
        return cluster
    }

    /// Ends it and removes its folder.
    func stop() async {
        _ = try? await local(["down"])
        try? FileManager.default.removeItem(at: folder)
    }

    /// The process of the cluster.
    var process: Int32? {
        let text = try? String(contentsOf: folder.appending(path: "lock"), encoding: .utf8)
        return text.flatMap { Int32($0.filter(\.isNumber)) }
    }

    /// Runs kubedl-local for this cluster and gives what it printed.
    @discardableResult
    func local(_ arguments: [String]) async throws -> String {
        let result = try await Program.run(
            [builtProduct("kubedl-local").path()] + arguments + ["--directory", folder.path()],
            environment: ["SWIFT_BACKTRACE": "enable=no"])
        guard result.status == 0 else {
            throw Program.Failed("kubedl-local \(arguments.joined(separator: " "))", result)
        }
        return result.output
    }

    /// Creates a pod from its spec in JSON.
    func create(_ name: String, labels: String = "{}", _ spec: String) async throws {
        let pod =
            #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"\#(name)","labels":\#(labels)},"spec":\#(spec)}"#
        try await kubectl("create", "-f", "-", input: pod)
    }

    /// What the cluster has written to its log.
    var log: String { (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? "" }

    /// A pod as the API server holds it; nil if there is none.
    func pod(_ name: String) async throws -> JSONView? {
        let result = try await tryKubectl(["get", "pod", name, "-o", "json"])
        return result.status == 0 ? try JSONDocument(parsing: result.output).root : nil
    }

    /// Waits until a pod is in a phase.
    func waitFor(_ phase: String, of name: String) async throws {
        do {
            try await eventually("\(name) is \(phase)") {
                try await pod(name)?[path: "status", "phase"]?.string == phase ? () : nil
            }
        } catch {
            let text = try await tryKubectl(["describe", "pod", name]).output
            Issue.record("\(error)\n\(text.suffix(4000))")
            throw error
        }
    }
}

/// Gives every test of a suite one running cluster and takes it down after the last.
struct BareClusterTrait: SuiteTrait, TestScoping {
    /// Further arguments of `kubedl-local up`.
    var arguments: [String] = []

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let cluster = try await BareCluster.start(["--nodes", "3", "--cpus", "4", "--gpus", "2"] + arguments)
        let result: Result<Void, any Error>
        do {
            result = .success(try await BareCluster.$current.withValue(cluster) { try await function() })
        } catch { result = .failure(error) }
        await cluster.stop()
        try result.get()
    }
}

extension Trait where Self == BareClusterTrait {
    /// One running cluster without the suite, as ``BareCluster/current``.
    static var bareCluster: Self { BareClusterTrait() }
    /// One that is started with more arguments.
    static func bareCluster(_ arguments: String...) -> Self { BareClusterTrait(arguments: arguments) }
}
