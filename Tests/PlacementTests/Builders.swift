import KubernetesModel
import Placement

/// A moment; tests count from it.
let start = Timestamp(seconds: 1_800_000_000)

/// A node with 4 CPUs, 8 GiB and the given GPUs.
func node(_ name: String, gpus: Int64 = 2, cpu: Int64 = 4, cordoned: Bool = false) -> NodeProjection {
    NodeProjection(
        name: name, allocatable: ResourceAmounts(milliCPU: cpu * 1000, memoryInBytes: 8 << 30, gpus: gpus),
        maximumPods: 110, isCordoned: cordoned, labels: ["kubernetes.io/hostname": name])
}

/// A waiting pod in the namespace `ml`.
func pod(_ name: String, gpus: Int64 = 0, milliCPU: Int64 = 100) -> PodProjection {
    var pod = PodProjection(uid: "uid-\(name)", namespace: "ml", name: name)
    pod.requests = ResourceAmounts(milliCPU: milliCPU, gpus: gpus)
    return pod
}

/// The gated pods `<gang>-0…` of a gang.
func gang(_ name: String, of count: Int, minimum: Int? = nil, gpus: Int64 = 1, createdAt: Int64 = 0, priority: Int = 0)
    -> [PodProjection]
{
    (0..<count).map { index in
        var member = pod("\(name)-\(index)", gpus: gpus)
        member.gang = GangMembership(
            key: GangKey(namespace: "ml", name: name), minimumMembers: minimum ?? count)
        member.hasGangGate = true
        member.createdAt = createdAt
        member.priority = priority
        return member
    }
}

extension PodProjection {
    func bound(to node: String) -> PodProjection {
        var pod = self
        pod.nodeName = node
        pod.hasGangGate = false
        return pod
    }

    func opened(on node: String?) -> PodProjection {
        var pod = self
        pod.hasGangGate = false
        pod.reservedNode = node
        return pod
    }
}

/// A snapshot of `nodes` and `pods`.
func cluster(_ nodes: [NodeProjection], _ pods: [PodProjection] = []) -> ClusterSnapshot {
    var snapshot = ClusterSnapshot()
    for node in nodes { snapshot.update(node) }
    for pod in pods { snapshot.update(pod, now: start) }
    return snapshot
}

let threeNodes = (1...3).map { node("node-\($0)") }

extension ClusterSnapshot {
    /// Free GPUs by node name.
    var freeGPUs: [String: Int64] {
        Dictionary(uniqueKeysWithValues: nodes.map { ($0.node.name, $0.free.gpus) })
    }

    func decide(_ name: String) -> GangDecision {
        guard let gang = gang(GangKey(namespace: "ml", name: name)) else { return .idle }
        return planGang(gang, in: self, now: start)
    }
}
