import Foundation
import JSON
import KubernetesClient
import KubernetesModel
import Synchronization
import TestSupport
import Testing

/// What `kubedl-local up --data-dir` promises, against crashes of the whole cluster.
@Suite("a local cluster that keeps its state", .serialized)
struct DataFolderTests {
    private let data: TemporaryFolder

    init() throws { data = try TemporaryFolder() }

    private var options: [String] { ["--nodes", "1", "--data-dir", data.path] }

    private func withCluster(_ body: (BareCluster) async throws -> Void) async throws {
        let cluster = try await BareCluster.start(options[0], options[1], options[2], options[3])
        let result: Result<Void, any Error>
        do { result = .success(try await body(cluster)) } catch { result = .failure(error) }
        await cluster.stop()
        try result.get()
    }

    /// Ends the cluster as a crash would, and starts it again.
    private func crash(_ cluster: BareCluster) async throws {
        let process = try #require(cluster.process)
        Glibc.kill(process, SIGKILL)
        try await eventually("it is gone") { Glibc.kill(process, 0) == 0 ? nil : () }
        try await cluster.local(["up", "--detach"] + options)
    }

    @Test("every write that was answered outlives SIGKILL, versions only grow, and informers find the true state")
    func burst() async throws {
        try await withCluster { cluster in
            let client = KubernetesClient(
                configuration: try ClientConfiguration.load(
                    kubeconfig: cluster.folder.appending(path: "kubeconfig").path()),
                userAgent: "test")
            defer { client.close() }
            let informer = Informer(client: client, type: .configMaps, namespace: "default") { _ in () }
            let answered = Answered()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await informer.run() }
                try await withThrowingTaskGroup(of: Void.self) { writers in
                    for writer in 0..<16 {
                        writers.addTask { try await write(as: writer, client, answered) }
                    }
                    try await eventually("a burst") { answered.versions.count >= 300 ? () : nil }
                    try await crash(cluster)
                    writers.cancelAll()
                    while await writers.nextResult() != nil {}
                }
                let versions = answered.versions
                let items = try await client.listAll(.configMaps, namespace: "default").items
                let found = Dictionary(uniqueKeysWithValues: items.map { (Self.key($0), Self.version($0)) })
                for (key, version) in versions { #expect(found[key] == version, "\(key)") }
                let next = try await client.create(.configMaps, namespace: "default", Self.map("next"))
                #expect(Self.version(next.root) > (versions.values.max() ?? 0))
                // Requests that were cut off may still be carried out, so the true state is asked for each time.
                try await eventually("the informer has the true state") {
                    let items = try await client.listAll(.configMaps, namespace: "default").items
                    return Set(items.map(Self.key)) == Set(informer.snapshot.keys) ? () : nil
                }
                group.cancelAll()
                while await group.nextResult() != nil {}
            }
        }
    }

    private func write(as writer: Int, _ client: KubernetesClient, _ answered: Answered) async throws {
        for number in 0... {
            try Task.checkCancellation()
            guard
                let made = try? await client.create(
                    .configMaps, namespace: "default", Self.map("w\(writer)-\(number)"))
            else { continue }
            answered.add(Self.key(made.root), Self.version(made.root))
        }
    }

    private static func map(_ name: String) -> JSONValue {
        ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": JSONValue(name)]]
    }
    private static func key(_ object: JSONView) -> ObjectKey {
        ObjectKey(
            namespace: object[path: "metadata", "namespace"]?.string,
            name: object[path: "metadata", "name"]?.string ?? "")
    }
    private static func version(_ object: JSONView) -> Int {
        object[path: "metadata", "resourceVersion"]?.string.flatMap { Int($0) } ?? 0
    }

    // Source: kubelet computePodActions with a sandbox that is gone; containerd reports such containers with 255.
    @Test("containers that ran at a crash are started again, unless their pod's policy forbids it")
    func pods() async throws {
        try await withCluster { cluster in
            let container = #""containers":[{"name":"main","image":"x","command":["sleep","1000"]}]"#
            try await cluster.create(
                "always",
                #"{"initContainers":[{"name":"first","image":"x","command":["true"]}],\#(container)}"#)
            try await cluster.create("never", #"{"restartPolicy":"Never",\#(container)}"#)
            try await cluster.create(
                "done",
                #"{"restartPolicy":"OnFailure","containers":[{"name":"main","image":"x","command":["true"]}]}"#)
            for (name, phase) in [("always", "Running"), ("never", "Running"), ("done", "Succeeded")] {
                try await cluster.waitFor(phase, of: name)
            }
            try await crash(cluster)
            try await cluster.waitFor("Failed", of: "never")
            let restarted = try await eventually("it runs again") {
                let status = try await cluster.pod("always")?["status"]?["containerStatuses"]?[0]
                let isRunning = status?[path: "state", "running"] != nil && status?["restartCount"]?.int == 1
                return isRunning ? status : nil
            }
            #expect(restarted[path: "lastState", "terminated", "exitCode"]?.int == 255)
            let ended = try await cluster.pod("never")?["status"]?["containerStatuses"]?[0]
            #expect(ended?[path: "state", "terminated", "exitCode"]?.int == 255)
            #expect(try await cluster.pod("done")?[path: "status", "phase"]?.string == "Succeeded")
        }
    }
}

/// The writes that were answered, with the versions in the answers.
private final class Answered: Sendable {
    private let known = Mutex<[ObjectKey: Int]>([:])
    var versions: [ObjectKey: Int] { known.withLock { $0 } }
    func add(_ key: ObjectKey, _ version: Int) { known.withLock { $0[key] = version } }
}
