import JSON
import KubernetesModel
import Placement
import Testing

struct ProjectionTests {
    @Test("a pod is read with all that placement needs")
    func podProjection() throws {
        let text = """
            {"metadata":{"name":"w-0","namespace":"ml","uid":"u","creationTimestamp":"2026-01-01T00:00:00Z",
            "labels":{"kubedl.io/gang-name":"g"},"annotations":{"kubedl.io/gang-min-member":"3",
            "kubedl.io/reserved-node":"n","kubedl.io/gpu-devices":"0,2"},
            "ownerReferences":[{"apiVersion":"training.kubedl.io/v1alpha1","kind":"PyTorchJob","name":"j","uid":"ju",
            "controller":true}]},
            "spec":{"priority":7,"schedulingGates":[{"name":"kubedl.io/gang"},{"name":"other"}],
            "tolerations":[{"key":"a","operator":"Exists","effect":"NoSchedule"}],"nodeSelector":{"d":"s"},
            "affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[
            {"matchExpressions":[{"key":"k","operator":"In","values":["v"]}],
            "matchFields":[{"key":"metadata.name","operator":"In","values":["n"]}]}]}}},
            "containers":[{"name":"c","ports":[{"containerPort":1,"hostPort":20000}],"resources":{"requests":
            {"cpu":"500m","memory":"1Gi","nvidia.com/gpu":"1","kubedl.io/gang":"1","ephemeral-storage":"1k"}}}]},
            "status":{"phase":"Pending","conditions":[{"type":"kubedl.io/GangScheduled","status":"False","message":"m"}]}}
            """
        let pod = PodProjection(Pod(try JSONDocument(parsing: text)))
        #expect(
            pod.requests
                == ResourceAmounts(
                    milliCPU: 500, memoryInBytes: 1 << 30, gpus: 1, others: ["ephemeral-storage": 1000]))
        #expect(pod.gang == GangMembership(key: GangKey(namespace: "ml", name: "g"), minimumMembers: 3))
        #expect(pod.hasGangGate && pod.hasOtherGates && pod.isWaiting)
        #expect(pod.reservedNode == "n" && pod.gpuDevices == [0, 2] && pod.priority == 7)
        #expect(pod.hostPorts == [HostPort(20000)])
        #expect(pod.tolerations == [PodToleration(key: "a", exists: true, effect: .noSchedule)])
        #expect(
            pod.affinityTerms == [
                NodeSelectorTerm(
                    labels: [NodeRequirement("k", .isIn, ["v"])],
                    fields: [NodeRequirement("metadata.name", .isIn, ["n"])])
            ])
        #expect(pod.controller?.kind == "PyTorchJob" && pod.waitingMessage == "m")
        #expect(pod.createdAt == 1_767_225_600)
    }

    @Test("a node is read with all that placement needs")
    func nodeProjection() throws {
        let text = """
            {"metadata":{"name":"n","labels":{"a":"b"}},"spec":{"unschedulable":true,"taints":[
            {"key":"t","value":"v","effect":"NoExecute"},{"key":"u","effect":"Unheard"}]},
            "status":{"allocatable":{"cpu":"4","memory":"8Gi","nvidia.com/gpu":"2","pods":"110"}}}
            """
        let node = NodeProjection(Node(try JSONDocument(parsing: text)))
        #expect(
            node
                == NodeProjection(
                    name: "n", allocatable: ResourceAmounts(milliCPU: 4000, memoryInBytes: 8 << 30, gpus: 2),
                    maximumPods: 110, isCordoned: true,
                    taints: [NodeTaint(key: "t", value: "v", effect: .noExecute)], labels: ["a": "b"]))
    }
}
