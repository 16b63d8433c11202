import JSON
import KubernetesModel
import Testing
import Workloads

@Suite("Host ports of other controllers' pods")
struct ReplicaIdentityTests {
    /// What one controller writes on its pods.
    struct Convention: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Pods of one job: labels, and the kind and UID of the controller.
        var pods: [(labels: [String: String], kind: String, uid: String)]
    }

    static let conventions: [Convention] = [
        Convention(
            testDescription: "indexed Job",
            pods: (0..<1000).map { (["batch.kubernetes.io/job-completion-index": "\($0)"], "Job", "u1") }),
        Convention(
            testDescription: "StatefulSet",
            pods: (0..<1000).map { (["apps.kubernetes.io/pod-index": "\($0)"], "StatefulSet", "u2") }),
        Convention(
            testDescription: "JobSet of two replicated jobs, also that of a TrainJob",
            pods: (0..<5).flatMap { job in
                (0..<200).map { index in
                    (
                        [
                            "jobset.sigs.k8s.io/jobset-name": "set", "jobset.sigs.k8s.io/jobset-uid": "u3",
                            "jobset.sigs.k8s.io/job-global-index": "\(job)", "jobset.sigs.k8s.io/global-replicas": "5",
                            "jobset.sigs.k8s.io/restart-attempt": "0",
                            "batch.kubernetes.io/job-completion-index": "\(index)",
                        ], "Job", "job-\(job)"
                    )
                }
            }),
        Convention(
            testDescription: "Kubeflow TFJob",
            pods: ["chief", "master", "ps", "worker", "evaluator"].flatMap { type in
                (0..<200).map { (kubeflow(type, $0), "TFJob", "u4") }
            }),
        Convention(
            testDescription: "Kubeflow MPIJob whose launcher belongs to a Job",
            pods: [
                (["training.kubeflow.org/job-name": "mpi", "training.kubeflow.org/job-role": "launcher"], "Job", "j")
            ]
                + (0..<500).map { (kubeflow("worker", $0, job: "mpi"), "MPIJob", "u5") }),
        Convention(
            testDescription: "LeaderWorkerSet",
            pods: (0..<10).flatMap { group in
                (0..<50).map { worker in
                    (
                        [
                            "leaderworkerset.sigs.k8s.io/name": "lws",
                            "leaderworkerset.sigs.k8s.io/group-index": "\(group)",
                            "leaderworkerset.sigs.k8s.io/worker-index": "\(worker)",
                            "leaderworkerset.sigs.k8s.io/size": "50",
                        ], "StatefulSet", worker == 0 ? "leaders" : "group-\(group)"
                    )
                }
            }),
    ]

    private static func kubeflow(_ type: String, _ index: Int, job: String = "job") -> [String: String] {
        [
            "training.kubeflow.org/job-name": job, "training.kubeflow.org/replica-type": type,
            "training.kubeflow.org/replica-index": "\(index)",
        ]
    }

    private func ports(
        _ labels: [String: String], kind: String = "Job", uid: String = "u", request: String = "r", name: String? = nil
    ) throws -> [Int] {
        var json = try JSONValue(
            parsing: """
                {"metadata": {"ownerReferences": [{"apiVersion": "x/v1", "kind": "\(kind)", "name": "n", "uid": "\(uid)",
                  "controller": true}]},
                 "spec": {"containers": [{"name": "a", "ports": [{"name": "p", "containerPort": 1}]}]}}
                """)
        json[path: ["metadata", "labels"]] = JSONValue(labels)
        if kind.isEmpty { json[path: ["metadata", "ownerReferences"]] = nil }
        if let name { json[path: ["metadata", "name"]] = JSONValue(name) }
        return HostPortAssignment(
            pod: Pod(json: try json.document().root), namespace: "ml", fallback: request, range: HostPorts.defaultRange
        ).entries.map(\.number)
    }

    @Test("pods of one job never share a number, whatever their requests", arguments: conventions)
    func areUnique(convention: Convention) throws {
        var seen: Set<Int> = []
        for (place, pod) in convention.pods.enumerated() {
            let port = try ports(pod.labels, kind: pod.kind, uid: pod.uid, request: "request-\(place)")
            #expect(seen.insert(port.first ?? 0).inserted, "\(pod.labels)")
        }
    }

    @Test(
        "a count of attempts gives the next attempt another number",
        arguments: ["jobset.sigs.k8s.io/restart-attempt", "batch.kubernetes.io/job-index-failure-count"])
    func changesByCount(key: String) throws {
        var labels = ["batch.kubernetes.io/job-completion-index": "3"]
        if key.hasPrefix("jobset") { labels["jobset.sigs.k8s.io/jobset-name"] = "set" }
        let numbers = try (0..<8).map { try ports(labels.merging([key: "\($0)"]) { $1 }, request: "r\($0)") }
        #expect(Set(numbers).count == 8)
        #expect(try ports(labels.merging([key: "1"]) { $1 }, request: "other") == numbers[1])
    }

    @Test("without a count the request decides, so that a pod made again may get another number; bare pods keep theirs")
    func changesByRequest() throws {
        let labels = Self.kubeflow("worker", 1)
        let numbers = try (0..<32).map {
            try ports(labels, kind: "PyTorchJob", request: "r\($0)", name: "job-worker-1")
        }
        #expect(Set(numbers).count == 8)
        #expect(
            try ports([:], kind: "", request: "a", name: "bare") == ports([:], kind: "", request: "b", name: "bare"))
        #expect(try ports([:], kind: "", request: "a") != ports([:], kind: "", request: "b"))
    }

    @Test("wild labels are read without harm")
    func survives() throws {
        for wild in ["-1", "9223372036854775807", "x", ""] {
            for convention in Self.conventions {
                guard let pod = convention.pods.first else { continue }
                for key in pod.labels.keys {
                    let numbers = try ports(pod.labels.merging([key: wild]) { $1 }, kind: pod.kind)
                    #expect(HostPorts.defaultRange.contains(numbers.first ?? 0))
                }
            }
        }
    }
}
