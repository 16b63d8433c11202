/// What is to be known about a pod before it is compared with many nodes: looked up once.
package struct PodQuery: Sendable {
    /// The pod.
    package let pod: PodProjection
    /// The node where room is set aside for it.
    let reserved: String?
    /// The node where it holds room already, so that the room is not counted again.
    let holding: String?
    /// Its gang, if the gang has no room for it yet.
    let unplacedGang: GangKey?
}

extension ClusterSnapshot {
    /// Prepares a pod, which the snapshot need not know, for comparison with nodes.
    package func query(_ pod: PodProjection) -> PodQuery {
        let claimed = claims[pod.uid]?.node
        let known = pods[pod.uid]
        let reserved = claimed ?? (known == nil ? pod.reservedNode : nil)
        return PodQuery(
            pod: pod, reserved: reserved, holding: known?.nodeName ?? claimed,
            unplacedGang: reserved == nil ? pod.gang?.key : nil)
    }

    /// Why the pod may not go onto the node at `index` of ``nodes``; `nil` if it may.
    package func misfit(of query: PodQuery, at index: Int) -> Misfit? {
        nodes[index].misfit(of: query)
    }

    /// How well the pod goes onto the node at `index` of ``nodes``; see ``NodeState/score(of:)``.
    package func score(of query: PodQuery, at index: Int) -> Int {
        nodes[index].score(of: query)
    }

    /// Why the pod may not go onto the node called `name`; `nil` if it may.
    package func misfit(of pod: PodProjection, on name: String) -> Misfit? {
        index(ofNode: name).map { misfit(of: query(pod), at: $0) } ?? .unknownNode
    }
}

extension NodeState {
    /// Why the pod may not go onto this node now; `nil` if it may.
    ///
    /// Assumes that the in-tree filters have passed the node. Adds what they cannot know: room that is set aside for
    /// gangs, and that a pod of a gang goes only where its own room is. Source: kube-scheduler extender `filter`.
    package func misfit(of query: PodQuery) -> Misfit? {
        if let gang = query.unplacedGang { return .gangNotPlaced(gang) }
        if let reserved = query.reserved, reserved != node.name { return .reservedElsewhere(reserved) }
        if let holding = query.holding, holding == node.name { return nil }
        return shortage(for: query.pod)
    }

    /// How well the pod goes onto this node, 0 to 10 (10 is best).
    ///
    /// Packs GPUs, so that whole nodes stay free for larger pods, and keeps pods without GPUs off nodes with GPUs.
    /// Source: kube-scheduler extender `prioritize`, MaxExtenderPriority = 10.
    package func score(of query: PodQuery) -> Int {
        if let reserved = query.reserved, reserved == node.name { return 10 }
        let wanted = query.pod.requests.gpus
        let total = node.allocatable.gpus
        guard total > 0 else { return wanted > 0 ? 0 : 10 }
        let left = max(0, free.gpus - wanted)
        let share = Int(clamping: (total - min(left, total)) * 10 / total)
        return wanted > 0 ? share : share / 2
    }
}
