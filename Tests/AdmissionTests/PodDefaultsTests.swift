import Admission
import JSON
import KubernetesModel
import Testing

@Suite("Defaults of pods that ask")
struct PodDefaultsTests {
    private func pod(_ resources: String = #"{"limits": {"nvidia.com/gpu": "2", "memory": "16Gi"}}"#) throws
        -> SamplePod
    {
        var pod = try SamplePod().annotated("kubedl.io/defaults", "enabled")
        pod.json["spec"] = try JSONValue(
            parsing: #"{"containers": [{"name": "main", "image": "x", "resources": \#(resources)}]}"#)
        return pod
    }

    @Test("a GPU pod gets shared memory, bears the GPU taint and keeps its last words")
    func completesGPUPods() throws {
        let spec = try #require(try pod().admitted().json["spec"])
        #expect(
            spec["volumes"] == [["name": "kubedl-shm", "emptyDir": ["medium": "Memory", "sizeLimit": "8Gi"]]])
        #expect(
            spec["containers"]?[0]?["volumeMounts"] == [["name": "kubedl-shm", "mountPath": "/dev/shm"]])
        #expect(
            spec["tolerations"] == [["key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"]])
        #expect(spec["containers"]?[0]?["terminationMessagePolicy"] == "FallbackToLogsOnError")
        #expect(spec["schedulerName"] == nil && spec["priorityClassName"] == nil)
    }

    @Test(
        "the size follows from the container's memory, else from the pod's",
        arguments: [
            (#"{"limits": {"nvidia.com/gpu": 1, "memory": "1000"}}"#, 50, "500"),
            (#"{"limits": {"nvidia.com/gpu": 1}, "requests": {"memory": "3Gi"}}"#, 100, "3Gi"),
            (#"{"limits": {"nvidia.com/gpu": 1, "memory": "100Gi"}, "requests": {"memory": "1Gi"}}"#, 25, "25Gi"),
            (#"{"limits": {"nvidia.com/gpu": 1}}"#, 50, nil),
        ] as [(String, Int, String?)])
    func sizes(resources: String, percent: Int, expected: String?) throws {
        let admitted = try pod(resources).configured { $0.pods.sharedMemoryPercent = percent }.admitted()
        #expect(admitted.json[path: ["spec", "volumes"]]?[0]?[path: ["emptyDir", "sizeLimit"]]?.string == expected)
        let whole = try pod(#"{"limits": {"nvidia.com/gpu": 1}}"#)
            .setting("spec", "resources", to: ["limits": ["memory": "4Gi"]]).admitted()
        #expect(whole.json[path: ["spec", "volumes"]]?[0]?[path: ["emptyDir", "sizeLimit"]] == "2Gi")
    }

    @Test("pods without GPUs and containers with a mount there of their own get no shared memory")
    func leavesOthersAlone() throws {
        let plain = try pod(#"{"limits": {"nvidia.com/gpu": "0", "memory": "1Gi"}}"#).admitted()
        #expect(plain.json[path: ["spec", "volumes"]] == nil && plain.json[path: ["spec", "tolerations"]] == nil)
        var own = try pod()
        own.json[path: ["spec", "containers"]] = try JSONValue(
            parsing: """
                [{"name": "a", "resources": {"limits": {"nvidia.com/gpu": 1}}, "volumeMounts": [{"name": "v", "mountPath": "/dev/shm/"}]},
                 {"name": "b", "resources": {"limits": {"nvidia.com/gpu": 1}}}, {"name": "c", "resources": {"limits": {"nvidia.com/gpu": 1}}}]
                """)
        own.json[path: ["spec", "tolerations"]] = [["operator": "Exists"]]
        let admitted = try own.admitted()
        #expect(admitted.container(0)?["volumeMounts"] == own.container(0)?["volumeMounts"])
        #expect(
            admitted.json[path: ["spec", "volumes"]]?.array?.compactMap { $0["name"]?.string } == [
                "kubedl-shm", "kubedl-shm-2",
            ])
        #expect(admitted.json[path: ["spec", "tolerations"]] == own.json[path: ["spec", "tolerations"]])
        #expect(try admitted.decide().patch == nil)
    }

    @Test("every default has a switch, and a pod can decline all of them")
    func switches() throws {
        let off = try pod().configured {
            $0.pods.addsSharedMemory = false
            $0.pods.addsGPUToleration = false
            $0.pods.terminationMessagePolicy = .file
        }
        #expect(try off.decide().patch == nil)
        let declined = try pod().annotated("kubedl.io/defaults", "disabled").configured {
            $0.pods.schedulerName = "kubedl"
            $0.pods.priorityClassName = "high"
            $0.pods.followsPodGroups = true
        }.setting("metadata", "labels", "scheduling.x-k8s.io/pod-group", to: "g")
        #expect(try declined.decide().patch == nil)
    }

    @Test("scheduler and priority class are set where none was chosen; the API server then computes the priority anew")
    func setsNames() throws {
        let configure: (inout AdmissionConfiguration) -> Void = {
            $0.pods.schedulerName = "kubedl"
            $0.pods.priorityClassName = "training"
        }
        let spec = try pod().setting("spec", "schedulerName", to: "default-scheduler").setting(
            "spec", "priority", to: 0
        )
        .setting("spec", "preemptionPolicy", to: "PreemptLowerPriority").configured(configure).admitted().json["spec"]
        #expect(spec?["schedulerName"] == "kubedl" && spec?["priorityClassName"] == "training")
        #expect(spec?["priority"] == nil && spec?["preemptionPolicy"] == nil)
        let own = try pod().setting("spec", "schedulerName", to: "mine").setting("spec", "priorityClassName", to: "low")
            .setting("spec", "priority", to: 7).configured(configure).admitted().json["spec"]
        #expect(own?["schedulerName"] == "mine" && own?["priorityClassName"] == "low" && own?["priority"] == 7)
        let bound = try pod().setting("spec", "nodeName", to: "n").configured(configure).admitted()
        #expect(bound.json[path: ["spec", "schedulerName"]] == nil)
    }

    @Test(
        "PodGroups of other schedulers become gangs where that is switched on",
        arguments: [
            ("labels", "scheduling.x-k8s.io/pod-group"), ("annotations", "scheduling.k8s.io/group-name"),
            ("annotations", "scheduling.volcano.sh/group-name"),
        ])
    func followsPodGroups(list: String, key: String) throws {
        let pod = try SamplePod().setting("metadata", list, key, to: "team")
        #expect(try pod.decide().patch == nil)
        let on = pod.configured { $0.pods.followsPodGroups = true }
        let admitted = try on.admitted()
        #expect(admitted.json[path: ["metadata", "labels", "kubedl.io/gang-name"]] == "team")
        #expect(admitted.json[path: ["spec", "schedulingGates"]] == [["name": "kubedl.io/gang"]])
        #expect(try on.decide().warnings.first?.contains("kubedl.io/gang-min-member") == true)
        #expect(try on.annotated("kubedl.io/gang-min-member", "2").decide().warnings.isEmpty)
        #expect(try admitted.decide().patch == nil)
        let wrong = try on.setting("metadata", list, key, to: "a b").decide()
        #expect(wrong.problems.map(\.path.text) == ["metadata.\(list)[\(key)]"])
        let named = try on.setting("metadata", "labels", "kubedl.io/gang-name", to: "own").admitted()
        #expect(named.json[path: ["metadata", "labels", "kubedl.io/gang-name"]] == "own")
    }

    @Test("what one namespace has does not hold in another")
    func isPerNamespace() throws {
        var pod = try pod()
        var other = AdmissionConfiguration()
        other.pods.schedulerName = "theirs"
        pod.settings.namespaces = ["other": other]
        #expect(try pod.admitted().json[path: ["spec", "schedulerName"]] == nil)
        pod.settings.namespaces = ["ml": other]
        #expect(try pod.admitted().json[path: ["spec", "schedulerName"]] == "theirs")
    }
}
