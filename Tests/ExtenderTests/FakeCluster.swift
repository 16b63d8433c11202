import Extender
import JSON
import KubernetesModel
import Placement
import Synchronization

/// An API server's pods in memory, which tells the extender's state of every change as a watch would.
///
/// Patches are applied for real; a call can be made to fail before or after it takes effect.
final class FakeCluster: ClusterAPI {
    enum Trouble { case none, lostBefore, lostAfter }

    private struct Contents {
        var pods: [ObjectKey: JSONValue] = [:]
        var events: [String] = []
        var trouble = Trouble.none
        var writes = 0
        var writesLeft = Int.max
        var time = start
    }

    private let contents = Mutex(Contents())
    private let watched = Mutex<ClusterState?>(nil)

    init(state: ClusterState? = nil) {
        watched.withLock { $0 = state }
    }

    /// Attaches an extender as after its start: it sees all that is there.
    func attach(_ state: ClusterState) {
        watched.withLock { $0 = state }
        for pod in contents.withLock({ Array($0.pods.values) }) {
            state.changePod(from: nil, to: projection(pod), now: now)
        }
    }

    var now: Timestamp { contents.withLock { $0.time } }
    func advance(_ duration: Duration) { contents.withLock { $0.time = $0.time + duration } }
    var events: [String] { contents.withLock { $0.events } }
    var trouble: Trouble {
        get { contents.withLock { $0.trouble } }
        set { contents.withLock { $0.trouble = newValue } }
    }

    /// After so many further writes, as if the extender were killed: none arrives.
    func allowWrites(_ count: Int) { contents.withLock { $0.writesLeft = count } }

    func add(_ pod: JSONValue) {
        let projected = projection(pod)
        contents.withLock { $0.pods[ObjectKey(namespace: projected.namespace, name: projected.name)] = pod }
        tell(nil, pod)
    }

    func remove(_ name: String) {
        let old = contents.withLock { $0.pods.removeValue(forKey: ObjectKey(namespace: "ml", name: name)) }
        tell(old, nil)
    }

    subscript(_ name: String) -> JSONValue? {
        contents.withLock { $0.pods[ObjectKey(namespace: "ml", name: name)] }
    }

    var openPods: [String] {
        contents.withLock { Array($0.pods.values) }.map(projection).filter { !$0.hasGangGate }.map(\.name).sorted()
    }

    // MARK: ClusterAPI

    func pod(_ key: ObjectKey) async throws(APIFailure) -> PodProjection? {
        contents.withLock { $0.pods[key] }.map(projection)
    }

    func bind(_ key: ObjectKey, _ binding: JSONValue) async throws(APIFailure) {
        try change(key) { pod throws(APIFailure) in
            guard pod[path: "metadata", "uid"] == binding[path: "metadata", "uid"] else {
                throw APIFailure(.conflict, "another UID")
            }
            guard pod[path: "spec", "nodeName"] == nil else { throw APIFailure(.conflict, "already bound") }
            pod[path: ["spec", "nodeName"]] = binding[path: "target", "name"]
            for (name, value) in binding[path: "metadata", "annotations"]?.members ?? [] {
                pod[path: ["metadata", "annotations", name]] = value
            }
        }
    }

    func patch(_ key: ObjectKey, _ patch: JSONPatch) async throws(APIFailure) {
        try change(key) { pod throws(APIFailure) in
            do throws(JSONError) {
                pod = try patch.apply(to: pod)
            } catch {
                throw APIFailure(.conflict, "\(error)")
            }
        }
    }

    func patchStatus(_ key: ObjectKey, _ change: JSONValue) async throws(APIFailure) {
        try self.change(key) { pod throws(APIFailure) in
            for (name, value) in change["status"]?.members ?? [] { pod[path: ["status", name]] = value }
        }
    }

    func warn(_ object: ObjectReference, reason: String, message: String) async {
        contents.withLock { $0.events.append("\(object.kind)/\(object.name) \(reason): \(message)") }
    }

    private func change(_ key: ObjectKey, _ body: (inout JSONValue) throws(APIFailure) -> Void) throws(APIFailure) {
        let trouble = self.trouble
        let isDead = contents.withLock { contents in
            contents.writesLeft -= 1
            return contents.writesLeft < 0
        }
        guard !isDead, trouble != .lostBefore else { throw APIFailure(.unclear, "connection lost") }
        guard let old = contents.withLock({ $0.pods[key] }) else { throw APIFailure(.notFound, "not found") }
        var new = old
        try body(&new)
        contents.withLock { $0.pods[key] = new }
        tell(old, new)
        if trouble == .lostAfter { throw APIFailure(.unclear, "connection lost") }
    }

    private func tell(_ old: JSONValue?, _ new: JSONValue?) {
        watched.withLock { $0 }?.changePod(from: old.map(projection), to: new.map(projection), now: now)
    }

    private func projection(_ pod: JSONValue) -> PodProjection {
        do {
            return PodProjection(try Pod(pod))
        } catch {
            return PodProjection(uid: "", namespace: "", name: "not a pod: \(error)")
        }
    }
}

let start = Timestamp(seconds: 1_800_000_000)

/// A pod of the namespace `ml` as the webhook leaves it.
func pod(_ name: String, gpus: Int = 1, gang: String? = nil, of minimum: Int = 1) -> JSONValue {
    var pod: JSONValue = [
        "apiVersion": "v1", "kind": "Pod",
        "metadata": [
            "name": JSONValue(name), "namespace": "ml", "uid": JSONValue("uid-\(name)"),
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "ownerReferences": [
                [
                    "apiVersion": "training.kubedl.io/v1alpha1", "kind": "PyTorchJob", "name": "job", "uid": "uid-job",
                    "controller": true,
                ]
            ],
        ],
        "spec": [
            "containers": [
                ["name": "c", "resources": ["requests": ["nvidia.com/gpu": JSONValue(String(gpus)), "cpu": "1"]]]
            ]
        ],
    ]
    if let gang {
        pod[path: ["metadata", "labels", "kubedl.io/gang-name"]] = JSONValue(gang)
        pod[path: ["metadata", "annotations", "kubedl.io/gang-min-member"]] = JSONValue(String(minimum))
        pod[path: ["spec", "schedulingGates"]] = [["name": "kubedl.io/gang"]]
    }
    return pod
}

func nodeObject(_ name: String, gpus: Int = 2) -> JSONValue {
    [
        "metadata": ["name": JSONValue(name)],
        "status": [
            "allocatable": ["cpu": "4", "memory": "8Gi", "nvidia.com/gpu": JSONValue(String(gpus)), "pods": "110"]
        ],
    ]
}

/// A state with nodes `node-1…`, two GPUs each.
func makeState(nodes: Int = 3) throws -> ClusterState {
    let state = ClusterState()
    for index in 1...nodes {
        state.changeNode(from: nil, to: NodeProjection(try Node(nodeObject("node-\(index)"))))
    }
    return state
}
