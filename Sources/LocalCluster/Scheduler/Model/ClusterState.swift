internal import JSON
internal import KubernetesModel

/// A node with the pods on it, as one scheduling attempt sees it.
struct NodeState: Sendable {
    /// The node.
    var node: Node
    /// What the pods on it ask for together.
    var requested = ResourceList()
    /// The same with 100m CPU and 200Mi memory for containers that ask for none, which scores count.
    var scoredRequests = ResourceList()
    /// The pods on it.
    var pods: [SchedulablePod] = []
    /// The ports that are taken.
    var hostPorts: [HostPort] { pods.flatMap(\.hostPorts) }
    /// How many pods are on it.
    var podCount: Int { pods.count }

    /// A node without pods.
    init(node: Node) { self.node = node }

    /// Counts a pod in.
    mutating func add(_ pod: SchedulablePod) {
        requested += pod.requests
        scoredRequests += pod.scoredRequests
        pods.append(pod)
    }

    /// Counts a pod out.
    mutating func remove(_ pod: SchedulablePod) {
        guard let index = pods.firstIndex(where: { $0.uid == pod.uid }) else { return }
        requested -= pod.requests
        scoredRequests -= pod.scoredRequests
        pods.remove(at: index)
    }
}

extension SchedulablePod {
    /// The requests with the amounts that scores assume for what is not given.
    /// Source: kube-scheduler `DefaultMilliCPURequest`, `DefaultMemoryRequest`.
    var scoredRequests: ResourceList {
        var list = requests
        if list["cpu"] == nil { list["cpu"] = Quantity(milliValue: 100) }
        if list["memory"] == nil { list["memory"] = Quantity(bytes: 200 << 20) }
        return list
    }
}

/// Nodes, the pods on them, and the pods that are assumed to be because their binding is under way.
struct ClusterState: Sendable {
    private var nodes: [String: Node] = [:]
    private var bound: [ObjectKey: SchedulablePod] = [:]
    private var assumed: [ObjectKey: SchedulablePod] = [:]
    /// Pods without a node, and the node where room is made for them.
    var nominations: [ObjectKey: (pod: SchedulablePod, node: String)] = [:]

    /// An empty cluster.
    init() {}

    /// Takes note of a node.
    mutating func update(node: Node) { nodes[node.name] = node }
    /// Forgets a node.
    mutating func remove(node name: String) { nodes[name] = nil }

    /// Takes note of a pod that has a node; a finished one holds nothing any more.
    mutating func update(pod: SchedulablePod) {
        nominations[pod.key] = nil
        assumed[pod.key] = nil
        bound[pod.key] = pod.isFinished ? nil : pod
    }

    /// Forgets a pod that is gone, also if its binding was under way.
    mutating func remove(pod key: ObjectKey, uid: String) {
        if bound[key]?.uid == uid { bound[key] = nil }
        if assumed[key]?.uid == uid { assumed[key] = nil }
        if nominations[key]?.pod.uid == uid { nominations[key] = nil }
    }

    /// Counts `pod` on `node` from now on, before the API server confirms it.
    mutating func assume(_ pod: SchedulablePod, on node: String) {
        var pod = pod
        pod.nodeName = node
        assumed[pod.key] = pod
        nominations[pod.key] = nil
    }

    /// Takes an assumption back after binding failed.
    mutating func forget(_ pod: SchedulablePod) {
        if assumed[pod.key]?.uid == pod.uid { assumed[pod.key] = nil }
    }

    /// Whether this incarnation of a pod is bound or being bound.
    func holds(_ key: ObjectKey, uid: String) -> Bool { (bound[key] ?? assumed[key])?.uid == uid }

    /// All nodes by name, with what is taken on them.
    func snapshot() -> [NodeState] {
        var states = nodes.mapValues { NodeState(node: $0) }
        for pod in bound.values { pod.nodeName.map { states[$0]?.add(pod) } }
        for pod in assumed.values where bound[pod.key] == nil { pod.nodeName.map { states[$0]?.add(pod) } }
        return states.values.sorted { $0.node.name < $1.node.name }
    }
}
