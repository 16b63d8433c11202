import Foundation
import TestSupport
import Testing

/// What the Python client of Kubernetes, which we did not write, does with a local cluster.
@Suite("the Python client on a local cluster", .bareCluster)
struct PythonClientTests {
    @Test("lists, watches, patches, custom objects, leader election and pods with a token work")
    func session() async throws {
        let cluster = try #require(BareCluster.current)
        let python = Fixture.checkout.appending(path: ".tools/clients-venv/bin/python").path()
        try #require(FileManager.default.isExecutableFile(atPath: python), "run scripts/bootstrap clients")
        let script = Fixture.checkout.appending(path: "Tests/Fixtures/clients/session.py").path()
        let result = try await Program.run(
            [python, "-W", "ignore", script],
            environment: ["KUBECONFIG": cluster.folder.appending(path: "kubeconfig").path()])
        #expect(result.status == 0, "\(result.errors)")
    }
}
