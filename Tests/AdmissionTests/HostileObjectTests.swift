import Admission
import JSON
import KubernetesModel
import TestSupport
import Testing
import Workloads

@Suite("Objects changed at random")
struct HostileObjectTests {
    @Test(
        "pods of any shape are answered, what is admitted stays admitted, and twice changes nothing", arguments: 1...8)
    func pods(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let start = try SamplePod().annotated("kubedl.io/network-mode", "host")
            .annotated("kubedl.io/restart-count", "1").annotated("kubedl.io/host-ports", #"{"pytorchjob-port": 1}"#)
            .annotated("kubedl.io/git-sync-config", #"{"source": "https://host/org/code.git", "depth": "1"}"#)
            .annotated("kubedl.io/file-sync", PodAdmissionTests.files)
            .setting("metadata", "labels", "kubedl.io/gang-name", to: "digits")
            .admitted()
        var admitted = 0
        for round in 0..<100 {
            var pod = start
            for _ in 0..<Int.random(in: 1...4, using: &random) { pod.json = pod.json.mutated(using: &random) }
            guard pod.json.kind == .object else { continue }
            let decision = try pod.decide()
            guard decision.allowed else {
                #expect(!decision.problems.isEmpty && decision.patch == nil)
                continue
            }
            admitted += 1
            let after = try decision.patch?.apply(to: pod.json) ?? pod.json
            pod.json = after
            let again = try pod.decide(uid: "again")
            #expect(again.allowed && again.patch == nil, "seed \(seed) round \(round): \(after)")
        }
        #expect(admitted > 10)
    }

    @Test("jobs of any shape are answered", arguments: 1...8)
    func jobs(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let start = try JSONValue(
            parsing: """
                {"metadata": {"name": "digits", "namespace": "ml", "annotations": {"kubedl.io/network-mode": "host"}},
                 "spec": {"cleanPodPolicy": "All", "ttlSecondsAfterFinished": 3, "schedulingPolicy": {"minAvailable": 2},
                   "modelVersion": {"modelName": "m", "storage": {"nfs": {"server": "s", "path": "/p", "mountPath": "/m"}}},
                   "pytorchReplicaSpecs": {"master": {"template": {"metadata": {"labels": {"a": "b"}},
                     "spec": {"containers": [{"name": "pytorch", "image": "x",
                       "resources": {"limits": {"cpu": 1, "nvidia.com/gpu": "2"}, "requests": {"cpu": "500m"}}}]}}},
                     "Worker": {"replicas": 2, "restartPolicy": "Never",
                       "template": {"spec": {"containers": [{"name": "pytorch", "image": "x"}]}}}}}}
                """)
        for _ in 0..<100 {
            var job = start
            for _ in 0..<Int.random(in: 1...4, using: &random) { job = job.mutated(using: &random) }
            let before = job
            JobDefaults.apply(to: &job, profile: .pyTorch)
            let once = job
            JobDefaults.apply(to: &job, profile: .pyTorch)
            #expect(job == once)
            let view = try job.document().root
            let old = try before.document().root
            _ = JobValidation.problems(of: view, old: old, profile: .pyTorch).map(\.description)
            #expect(JobValidation.warnings(of: view, profile: .pyTorch).allSatisfy { $0.count <= 120 })
        }
    }
}
