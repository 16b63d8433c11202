import JSON
import KubernetesClient
import KubernetesModel
import TestSupport
import Testing

@Suite("recording events") struct EventRecorderTests {
    private let pod = ObjectReference(apiVersion: "v1", kind: "Pod", namespace: "ml", name: "p", uid: "u")

    @Test("the first is created, the same again is counted up by a patch, and one that is gone is created anew")
    func countsUp() async throws {
        let server = try ScriptedServer { request, connection in
            let isGone = request.text.contains(#""count":3"#)
            connection.respond(isGone ? 404 : 200, isGone ? TestCluster.status(.notFound(.events, "e")) : "{}")
        }
        let time = ManualTime()
        let recorder = EventRecorder(client: TestCluster.client(server), component: "test", time: time.source)
        for _ in 0..<3 {
            await recorder.record(on: pod, type: .warning, reason: "Failed", message: "no room")
            time.advance(by: .seconds(10))
        }
        let requests = server.requests
        #expect(requests.map(\.method) == ["POST", "PATCH", "PATCH", "POST"])
        let created = try JSONDocument(parsing: requests[0].body).root
        #expect(requests[0].path == "/api/v1/namespaces/ml/events")
        #expect(created["type"]?.string == "Warning")
        #expect(created["reason"]?.string == "Failed")
        #expect(created["message"]?.string == "no room")
        #expect(created["involvedObject"]?["uid"]?.string == "u")
        #expect(created["source"]?["component"]?.string == "test")
        #expect(created["count"]?.int == 1)
        let name = try #require(created["metadata"]?["name"]?.string)
        #expect(requests[1].path == "/api/v1/namespaces/ml/events/\(name)")
        let patch = try JSONDocument(parsing: requests[1].body).root
        #expect(patch["count"]?.int == 2)
        #expect(patch["lastTimestamp"]?.string == "2023-11-14T22:13:30Z")
    }

    @Test("an API that fails, refuses or is not there does not stop the caller")
    func failures() async throws {
        let server = try ScriptedServer { _, connection in connection.respond(403, "") }
        await EventRecorder(client: TestCluster.client(server), component: "test")
            .record(on: pod, type: .normal, reason: "Fine", message: "")
        #expect(server.requests.count == 1)
        let configuration = ClientConfiguration(server: "http://127.0.0.1:\(try ScriptedServer.unusedPort())")
        await EventRecorder(client: KubernetesClient(configuration: configuration), component: "test")
            .record(on: pod, type: .normal, reason: "Fine", message: "")
    }
}
