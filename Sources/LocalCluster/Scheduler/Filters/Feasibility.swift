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

    /// Why nodes cannot take the pod, by their names.
    func rejections(_ nodes: [NodeState]) -> [String: NodeRejection] {
        var rejections: [String: NodeRejection] = [:]
        for index in nodes.indices {
            rejections[nodes[index].node.name] = rejection(at: index, in: nodes)
        }
        return rejections
    }

    /// Why the node at `index` cannot take the pod; nil if it can, with and without the pods nominated to it.
    func rejection(at index: Int, in nodes: [NodeState]) -> NodeRejection? {
        let node = nodes[index]
        var crowded = node
        for rival in nominated[node.node.name] ?? [] { crowded.add(rival) }
        if crowded.podCount == node.podCount { return NodeFilters.rejection(of: pod, on: node, ignoring: ignored) }
        return NodeFilters.rejection(of: pod, on: crowded, ignoring: ignored)
            ?? NodeFilters.rejection(of: pod, on: node, ignoring: ignored)
    }
}
