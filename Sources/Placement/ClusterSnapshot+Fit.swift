extension ClusterSnapshot {
    /// Why `pod` may not go onto the node called `name` now; `nil` if it may.
    ///
    /// Assumes that the in-tree filters have passed the node. Adds what they cannot know: room that is set aside for
    /// gangs, and that a pod of a gang goes only where its own room is. Source: kube-scheduler extender `filter`.
    package func misfit(of pod: PodProjection, on name: String) -> Misfit? {
        guard let state = node(name) else { return .unknownNode }
        return misfit(of: pod, on: state)
    }

    /// As ``misfit(of:on:)-(_,String)`` for a node whose state is at hand.
    package func misfit(of pod: PodProjection, on state: NodeState) -> Misfit? {
        let reserved = claims[pod.uid]?.node ?? (pods[pod.uid] == nil ? pod.reservedNode : nil)
        if let reserved, reserved != state.node.name { return .reservedElsewhere(reserved) }
        if let gang = pod.gang, reserved == nil { return .gangNotPlaced(gang.key) }
        // Its own claim is part of what is used there, so the room is its own already.
        return state.holders.contains(pod.uid) ? nil : state.shortage(for: pod)
    }

    /// How well `pod` goes onto the node, 0 to 10 (10 is best).
    ///
    /// Packs GPUs, so that whole nodes stay free for larger pods, and keeps pods without GPUs off nodes with GPUs.
    /// Source: kube-scheduler extender `prioritize`, MaxExtenderPriority = 10.
    package func score(of pod: PodProjection, on state: NodeState) -> Int {
        if claims[pod.uid]?.node == state.node.name { return 10 }
        let total = state.node.allocatable.gpus
        guard total > 0 else { return pod.requests.gpus > 0 ? 0 : 10 }
        let left = max(0, state.free.gpus - pod.requests.gpus)
        let share = Int(clamping: (total - min(left, total)) * 10 / total)
        return pod.requests.gpus > 0 ? share : share / 2
    }
}
