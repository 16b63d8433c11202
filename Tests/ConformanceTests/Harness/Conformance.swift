import Testing

/// What Kubernetes documents of its API, one case each.
///
/// The cases speak HTTP and JSON to whatever server `KUBEDL_CONFORMANCE_KUBECONFIG` names, or to a local cluster of their
/// own, and state only what a real API server does. Each names its source; see docs/conformance.md.
@Suite("The Kubernetes API", .cluster, .sandbox) enum Conformance {}

/// Where a case's statement comes from: a KEP, a page of kubernetes.io, or a file of kubernetes/kubernetes.
struct Source: TestTrait {
    let text: String
    var comments: [Comment] { [Comment(rawValue: "source: \(text)")] }
}

extension Trait where Self == Source {
    /// Where the case's statement comes from.
    static func source(_ text: String) -> Self { Source(text: text) }
}

/// A server that the suite was pointed at.
struct ClusterTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let cluster = try await ClusterUnderTest.start()
        let result: Result<Void, any Error>
        do {
            result = .success(try await ClusterUnderTest.$current.withValue(cluster) { try await function() })
        } catch { result = .failure(error) }
        await cluster.stop()
        try result.get()
    }
}

/// A namespace for each case.
struct SandboxTrait: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { testCase == nil ? nil : self }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let cluster = try #require(ClusterUnderTest.current)
        await cluster.places.take()
        let result: Result<Void, any Error>
        do {
            let sandbox = try await Sandbox.make(in: cluster)
            do {
                result = .success(try await Sandbox.$current.withValue(sandbox) { try await function() })
            } catch { result = .failure(error) }
            await sandbox.remove()
        } catch { result = .failure(error) }
        cluster.places.giveBack()
        try result.get()
    }
}

extension Trait where Self == ClusterTrait {
    static var cluster: Self { ClusterTrait() }
}

extension Trait where Self == SandboxTrait {
    static var sandbox: Self { SandboxTrait() }
}

/// The case's own place on the server.
var api: Sandbox {
    get throws { try #require(Sandbox.current) }
}
