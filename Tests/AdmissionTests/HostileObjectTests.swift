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
        let start = try SamplePod().annotated("kubedl.io/network-mode", "host").configured {
            $0.pods.schedulerName = "kubedl"
            $0.pods.priorityClassName = "high"
            $0.pods.followsPodGroups = true
        }
        .setting("spec", "tolerations", to: [["key": "nvidia.com/gpu", "operator": "Equal"]])
        .setting("spec", "initContainers", to: [["name": "proxy", "ports": [["name": "a", "containerPort": 1]]]])
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

    @Test("whatever a pod has that no mutator is about stays, byte for byte", arguments: 1...8)
    func keepsOthersFields(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let ours: Set<String> = [
            "hostNetwork", "dnsPolicy", "schedulerName", "priorityClassName", "priority", "preemptionPolicy",
            "containers", "initContainers", "volumes", "tolerations", "schedulingGates",
        ]
        let start = try SamplePod().annotated("kubedl.io/network-mode", "host").configured {
            $0.pods.schedulerName = "kubedl"
            $0.pods.priorityClassName = "high"
            $0.pods.followsPodGroups = true
        }
        .annotated("scheduling.k8s.io/group-name", "g")
        .setting("spec", "affinity", to: ["nodeAffinity": ["x": [1, "é", ["y": nil]]]])
        var admitted = 0
        for _ in 0..<100 {
            var pod = start
            pod.json["spec"] = pod.json["spec"]?.mutated(using: &random)
            let decision = try pod.decide()
            guard decision.allowed, pod.json["spec"]?.kind == .object else { continue }
            admitted += 1
            let after = try decision.patch?.apply(to: pod.json) ?? pod.json
            for (key, value) in pod.json["spec"]?.members ?? [] where !ours.contains(key) {
                #expect(after[path: ["spec", key]]?.text == value.text)
            }
            #expect(after["kind"] == pod.json["kind"] && after["apiVersion"] == pod.json["apiVersion"])
            for (before, now) in zip(
                pod.json[path: ["spec", "containers"]]?.elements ?? [],
                after[path: ["spec", "containers"]]?.elements ?? []
            ) where before.kind == .object {
                #expect(now["name"] == before["name"] && now["image"]?.text == before["image"]?.text)
                #expect(now["workingDir"]?.text == before["workingDir"]?.text)
            }
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
