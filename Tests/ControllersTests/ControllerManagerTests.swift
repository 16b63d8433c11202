import JSON
import KubernetesClient
import KubernetesModel
import Logging
import TestSupport
import Testing
import Workloads

@testable import Controllers

@Suite("The controller manager", .timeLimit(.minutes(1)))
struct ControllerManagerTests {
    private static let job = """
        {"apiVersion": "training.kubedl.io/v1alpha1", "kind": "PyTorchJob",
         "metadata": {"name": "digits", "namespace": "ml", "uid": "job-uid", "resourceVersion": "1"},
         "spec": {"pytorchReplicaSpecs": {"Master": {"replicas": 1, "restartPolicy": "Never",
           "template": {"spec": {"containers": [{"name": "pytorch", "image": "x"}]}}}}}}
        """

    @Test("jobs of one kind run where the CRDs of all others are missing")
    func worksWithoutOtherKinds() async throws {
        let (created, continuation) = AsyncStream.makeStream(of: String.self)
        let server = try ScriptedServer { request, connection in
            let resource = request.path.split(separator: "/").last.map(String.init) ?? ""
            switch (request.method, resource) {
            case ("GET", _) where request.target.contains("watch=true"):
                connection.begin()
                connection.waitForClientToClose()
            case ("GET", "pytorchjobs"):
                connection.respond(200, #"{"metadata": {"resourceVersion": "1"}, "items": [\#(Self.job)]}"#)
            case ("GET", "pods"), ("GET", "services"):
                connection.respond(200, #"{"metadata": {"resourceVersion": "1"}, "items": []}"#)
            case ("GET", _): connection.respond(404, "404 page not found")
            case ("PATCH", _): connection.respond(200, Self.job)
            default:
                if resource == "pods" { continuation.yield(request.text) }
                connection.respond(201, request.text)
            }
        }
        let manager = ControllerManager(
            client: KubernetesClient(
                configuration: ClientConfiguration(server: server.url, credentials: .none), userAgent: "test/1"),
            configuration: ControllerConfiguration(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let pod = try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask {
                try await manager.run()
                return nil
            }
            group.addTask { await created.first { _ in true } }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        #expect(try JSONValue(parsing: #require(pod))[path: "metadata", "name"]?.string == "digits-master-0")
        let watched = server.requests.filter { $0.target.contains("/pods?") && $0.target.contains("watch=true") }
        let groups = Set(FrameworkProfile.all.map(\.resource.group))
        #expect(watched.count <= groups.count, "pods are watched once for all kinds of an API group")
    }
}
