internal import KubernetesModel

/// Which nodes can take one pod, pods included that are nominated to a node and go first.
/// Source: kube-scheduler `RunFilterPluginsWithNominatedPods`.
struct Feasibility: Sendable {
    /// The pod that wants a node.
    let pod: SchedulablePod
    /// The resources that extenders count instead of the scheduler.
    var ignored: Set<String> = []
    /// Other pods of at least this pod's priority, by the node where room is being made for them.
    var nominated: [String: [SchedulablePod]] = [:]
    /// The labels of namespaces, which pod affinity may select.
    var namespaces: [String: StringMap] = [:]
    /// What the pod's claims need.
    var volumes = VolumeState()

    /// Why no node at all can take the pod; nil if some may.
    var obstacle: String? { pod.claimNames.isEmpty ? nil : volumes.obstacle(of: pod) }

    /// Why nodes cannot take the pod, by their names.
    func rejections(_ nodes: [NodeState]) -> [String: NodeRejection] {
        if let obstacle {
            let rejection = NodeRejection(reasons: [obstacle], isUnresolvable: true, cause: .volumes)
            return Dictionary(nodes.map { ($0.node.name, rejection) }) { first, _ in first }
        }
        let others = OtherPods(of: pod, nodes, namespaces)
        var rejections: [String: NodeRejection] = [:]
        for index in nodes.indices {
            rejections[nodes[index].node.name] = rejection(at: index, in: nodes, others)
        }
        return rejections
    }

    /// Why the node at `index` cannot take the pod; nil if it can, with and without the pods nominated to it.
    func rejection(at index: Int, in nodes: [NodeState]) -> NodeRejection? {
        rejection(at: index, in: nodes, OtherPods(of: pod, nodes, namespaces))
    }

    private func rejection(at index: Int, in nodes: [NodeState], _ others: OtherPods) -> NodeRejection? {
        let rivals = nominated[nodes[index].node.name] ?? []
        if !rivals.isEmpty {
            var crowded = nodes
            for rival in rivals { crowded[index].add(rival) }
            if let rejection = check(crowded[index], OtherPods(of: pod, crowded, namespaces)) { return rejection }
        }
        return check(nodes[index], others)
    }

    private func check(_ state: NodeState, _ others: OtherPods) -> NodeRejection? {
        NodeFilters.rejection(of: pod, on: state, ignoring: ignored) ?? volumes.rejection(of: pod, on: state.node)
            ?? others.rejection(on: state.node)
    }
}

/// The checks that look at pods of all nodes, for one pod and one state of the cluster.
private struct OtherPods {
    private let spread: TopologySpread
    private let affinity: PodAffinity

    init(of pod: SchedulablePod, _ nodes: [NodeState], _ namespaces: [String: StringMap]) {
        spread = TopologySpread(of: pod, nodes)
        affinity = PodAffinity(of: pod, nodes, namespaces)
    }

    func rejection(on node: Node) -> NodeRejection? { spread.rejection(on: node) ?? affinity.rejection(on: node) }
}
