package import KubernetesModel

/// Nodes, the pods that hold something on them, and the pods that wait: all that placement decides from.
///
/// A value. It is kept current by single changes, each in constant time, and a copy of it is a consistent basis for a
/// plan. What is not in the API server (room claimed for pods that are not bound yet) can be rebuilt from the pods.
package struct ClusterSnapshot: Sendable {
    /// Nodes in no particular order.
    package private(set) var nodes: [NodeState] = []
    /// Every pod that is not gone, by UID.
    package private(set) var pods: [String: PodProjection] = [:]
    /// Room set aside for pods that are not bound, by pod UID.
    package private(set) var claims: [String: Claim] = [:]
    /// Pod UIDs of every gang.
    package private(set) var gangs: [GangKey: Set<String>] = [:]
    /// Nodes where a claim of a pod ran out, so that the next plan tries others first, by pod UID.
    package private(set) var avoided: [String: Set<String>] = [:]

    /// Waiting pods of gangs for which no room is set aside, by gang.
    private var unplaced: [GangKey: Set<String>] = [:]
    private var indexOfNode: [String: Int] = [:]
    /// Pods on nodes that are not known (yet), by node name.
    private var strays: [String: Set<String>] = [:]
    /// How long room stays set aside for a pod that the scheduler does not bind.
    package let claimLifetime: Duration

    /// A snapshot of nothing.
    package init(claimLifetime: Duration = .seconds(60)) {
        self.claimLifetime = claimLifetime
    }

    /// The node called `name`; `nil` if it is not known.
    package func node(_ name: String) -> NodeState? {
        indexOfNode[name].map { nodes[$0] }
    }

    /// Where the node called `name` is in ``nodes``; `nil` if it is not known. Good until the next change.
    package func index(ofNode name: String) -> Int? {
        indexOfNode[name]
    }

    /// Gangs with waiting members that have no room, in no order.
    package var gangsInNeed: some Collection<GangKey> { unplaced.keys }

    /// A copy with all nodes but only those pods that belong to gangs in need: enough to plan from, and small.
    package func planningCopy() -> ClusterSnapshot {
        var copy = self
        let uids = unplaced.keys.flatMap { gangs[$0] ?? [] }
        copy.pods = Dictionary(uniqueKeysWithValues: uids.compactMap { uid in pods[uid].map { (uid, $0) } })
        copy.gangs = gangs.filter { unplaced[$0.key] != nil }
        return copy
    }

    // MARK: Nodes

    /// Adds a node or takes over its new state.
    package mutating func update(_ node: NodeProjection) {
        if let index = indexOfNode[node.name] {
            nodes[index].node = node
            return
        }
        indexOfNode[node.name] = nodes.count
        nodes.append(NodeState(node))
        for uid in strays.removeValue(forKey: node.name) ?? [] { charge(uid) }
    }

    /// Forgets a node. Pods on it keep their place in case it comes back.
    package mutating func removeNode(_ name: String) {
        guard let index = indexOfNode.removeValue(forKey: name) else { return }
        let holders = nodes[index].holders
        if !holders.isEmpty { strays[name] = holders }
        nodes.swapAt(index, nodes.count - 1)
        nodes.removeLast()
        if index < nodes.count { indexOfNode[nodes[index].node.name] = index }
    }

    // MARK: Pods

    /// Adds a pod or takes over its new state.
    ///
    /// A pod without its gate that names the node reserved for it gets that room back: so a restarted process knows
    /// what an earlier one promised.
    package mutating func update(_ pod: PodProjection, now: Timestamp) {
        discharge(pod.uid)
        if let old = pods[pod.uid]?.gang, old.key != pod.gang?.key { leave(old.key, pod.uid) }
        pods[pod.uid] = pod
        if let gang = pod.gang { gangs[gang.key, default: []].insert(pod.uid) }
        updateClaim(of: pod, now: now)
        charge(pod.uid)
        classify(pod)
    }

    /// Forgets a pod and gives back all that it held.
    package mutating func removePod(_ uid: String) {
        discharge(uid)
        if let gang = pods.removeValue(forKey: uid)?.gang { leave(gang.key, uid) }
        claims[uid] = nil
        avoided[uid] = nil
    }

    private mutating func updateClaim(of pod: PodProjection, now: Timestamp) {
        guard pod.isWaiting else {
            claims[pod.uid] = nil
            avoided[pod.uid] = nil
            return
        }
        guard pod.gang != nil, !pod.hasGangGate, let node = pod.reservedNode else { return }
        let annotated = Claim(node: node, source: .annotated, expiresAt: now + claimLifetime)
        guard let claim = claims[pod.uid] else {
            // A claim that ran out must not come back because of the annotation that it left.
            if avoided[pod.uid] == nil { claims[pod.uid] = annotated }
            return
        }
        switch claim.source {
        case .planned where claim.node == node, .annotated where claim.node != node: claims[pod.uid] = annotated
        default: break
        }
    }

    // MARK: Claims

    /// Sets room aside for a waiting pod, in place of what was set aside for it before.
    package mutating func claim(_ uid: String, _ claim: Claim) {
        guard let pod = pods[uid], pod.isWaiting else { return }
        discharge(uid)
        claims[uid] = claim
        charge(uid)
        classify(pod)
    }

    /// Gives back the room set aside for a pod. With `avoiding`, the next plan prefers other nodes for it.
    package mutating func dropClaim(_ uid: String, avoiding: Bool = false) {
        guard let claim = claims[uid] else { return }
        discharge(uid)
        claims[uid] = nil
        if avoiding { avoided[uid, default: []].insert(claim.node) }
        charge(uid)
        if let pod = pods[uid] { classify(pod) }
    }

    /// Gives back room that was chosen but that the API server was never told of: another planner may have chosen since.
    package mutating func dropPlannedClaims() {
        for (uid, claim) in claims where claim.source == .planned { dropClaim(uid) }
    }

    /// Lets a pod be planned onto any node again.
    package mutating func forgetAvoided(_ uid: String) {
        avoided[uid] = nil
    }

    /// Gives back room that ran out, or that lies on a node which is gone or no longer takes the pod.
    /// Returns the UIDs of the pods concerned, sorted.
    @discardableResult
    package mutating func expireClaims(now: Timestamp) -> [String] {
        let dead = claims.filter { uid, claim in
            if claim.expiresAt <= now { return true }
            guard claim.source != .binding, let pod = pods[uid] else { return false }
            return node(claim.node)?.node.admits(pod) != nil || node(claim.node) == nil
        }
        for uid in dead.keys { dropClaim(uid, avoiding: true) }
        return dead.keys.sorted()
    }

    // MARK: Book-keeping

    private func place(of uid: String) -> (node: String, devices: [Int])? {
        guard let pod = pods[uid], !pod.isFinished else { return nil }
        if let node = pod.nodeName { return (node, pod.gpuDevices) }
        return claims[uid].map { ($0.node, $0.devices) }
    }

    private mutating func charge(_ uid: String) {
        guard let pod = pods[uid], let (name, devices) = place(of: uid) else { return }
        if let index = indexOfNode[name] {
            nodes[index].hold(pod, devices: devices)
        } else {
            strays[name, default: []].insert(uid)
        }
    }

    private mutating func discharge(_ uid: String) {
        guard let pod = pods[uid], let (name, devices) = place(of: uid) else { return }
        if let index = indexOfNode[name] {
            nodes[index].release(pod, devices: devices)
        } else {
            strays[name]?.remove(uid)
            if strays[name]?.isEmpty ?? false { strays[name] = nil }
        }
    }

    private mutating func classify(_ pod: PodProjection) {
        guard let gang = pod.gang?.key else { return }
        if pod.isWaiting, claims[pod.uid] == nil {
            unplaced[gang, default: []].insert(pod.uid)
        } else {
            unplaced[gang]?.remove(pod.uid)
            if unplaced[gang]?.isEmpty ?? false { unplaced[gang] = nil }
        }
    }

    private mutating func leave(_ gang: GangKey, _ uid: String) {
        gangs[gang]?.remove(uid)
        if gangs[gang]?.isEmpty ?? false { gangs[gang] = nil }
        unplaced[gang]?.remove(uid)
        if unplaced[gang]?.isEmpty ?? false { unplaced[gang] = nil }
    }
}
