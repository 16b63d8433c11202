import Foundation
import JSON
import Testing

/// Claims whose volumes are folders, as kubectl shows them.
/// Source: Kubernetes documentation, "Persistent Volumes", "Storage Classes".
@Suite("persistent volume claims", .bareCluster)
struct ClaimTests {
    let cluster: BareCluster

    init() throws { cluster = try #require(BareCluster.current) }

    private func createClaim(_ name: String, _ spec: String = "") async throws {
        let text =
            #"{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"\#(name)"},"spec":{\#(spec)"#
            + #""accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}"#
        try await cluster.kubectl("create", "-f", "-", input: text)
    }

    private func createPod(_ name: String, claim: String, _ command: String) async throws {
        try await cluster.create(
            name,
            #"{"restartPolicy":"Never","volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"\#(claim)"}}],"#
                + #""containers":[{"name":"main","image":"x","command":["sh","-c","\#(command)"],"#
                + #""volumeMounts":[{"name":"data","mountPath":"/data"}]}]}"#)
    }

    private func volume(of claim: String) async throws -> JSONView {
        try await cluster.kubectl("wait", "--for=jsonpath={.status.phase}=Bound", "pvc/\(claim)", "--timeout=60s")
        let name = try await cluster.get("pvc", claim, namespace: "default")[path: "spec", "volumeName"]?.string
        return try await cluster.get("pv", try #require(name), namespace: "default")
    }

    @Test("one pod finds what another has left, and the folder goes with the claim")
    func keepsData() async throws {
        try await createClaim("data")
        let volume = try await volume(of: "data")
        let folder = try #require(volume[path: "spec", "hostPath", "path"]?.string)
        #expect(volume[path: "spec", "storageClassName"]?.string == "local-folder")
        try await createPod("writer", claim: "data", "echo kept > /data/file")
        try await cluster.waitFor("Succeeded", of: "writer")
        try await createPod("reader", claim: "data", "cat /data/file")
        try await cluster.waitFor("Succeeded", of: "reader")
        #expect(try await cluster.kubectl("logs", "reader") == "kept\n")
        try await cluster.kubectl("delete", "pod", "writer", "reader")
        try await cluster.kubectl("delete", "pvc", "data", "--timeout=60s")
        let name = volume[path: "metadata", "name"]?.string ?? ""
        try await cluster.kubectl("wait", "--for=delete", "pv/\(name)", "--timeout=60s")
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test("a pod that names a claim which is not there waits, and says so")
    func missing() async throws {
        try await createPod("early", claim: "late", "true")
        let message = try await eventually("the scheduler says why") {
            try await cluster.pod("early")?[path: "status", "conditions"]?.elements
                .first { $0["type"]?.string == "PodScheduled" }?["message"]?.string
        }
        #expect(message.hasPrefix("0/3 nodes are available: persistentvolumeclaim \"late\" not found."))
        try await createClaim("late")
        try await cluster.waitFor("Succeeded", of: "early")
    }

    @Test("a claim that waits for its pod gets the volume of the pod's node, and a retained volume keeps its data")
    func waitsForConsumer() async throws {
        let folder = cluster.folder.appending(path: "disk").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await cluster.kubectl(
            "create", "-f", "-",
            input: #"""
                {"apiVersion":"v1","kind":"List","items":[
                {"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{"name":"disks"},
                 "provisioner":"kubernetes.io/no-provisioner","volumeBindingMode":"WaitForFirstConsumer"},
                {"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"disk"},
                 "spec":{"capacity":{"storage":"2Gi"},"accessModes":["ReadWriteOnce"],"storageClassName":"disks",
                 "local":{"path":"\#(folder)"},"nodeAffinity":{"required":{"nodeSelectorTerms":[{"matchExpressions":[
                 {"key":"kubernetes.io/hostname","operator":"In","values":["node-2"]}]}]}}}}]}
                """#)
        try await createClaim("slow", #""storageClassName":"disks","#)
        let phase = try await cluster.get("pvc", "slow", namespace: "default")[path: "status", "phase"]?.string
        #expect(phase == "Pending")
        try await createPod("consumer", claim: "slow", "echo kept > /data/file")
        try await cluster.waitFor("Succeeded", of: "consumer")
        #expect(try await cluster.pod("consumer")?[path: "spec", "nodeName"]?.string == "node-2")
        try await cluster.kubectl("delete", "pod/consumer", "pvc/slow", "--timeout=60s")
        try await cluster.kubectl("wait", "--for=jsonpath={.status.phase}=Released", "pv/disk", "--timeout=60s")
        #expect(try String(contentsOfFile: folder + "/file", encoding: .utf8) == "kept\n")
    }
}
