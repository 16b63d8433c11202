internal import KubernetesModel

/// Looks for nodes for several pods at once: all of them, or none.
///
/// Best fit, largest pod first. Small gangs are searched further where that fails: a few alternatives for each pod,
/// within a fixed number of steps, so that a plan takes bounded time.
struct GangSearch {
    /// The snapshot with the room of the pods found so far set aside.
    private(set) var trial: ClusterSnapshot
    private(set) var found: [String: String] = [:]
    private let deadline: Timestamp
    private var stepsLeft: Int

    /// Pods beyond which only the first choice is tried.
    static let largestSearched = 32
    /// Nodes tried for each pod when searching further.
    static let breadth = 3

    init(in snapshot: ClusterSnapshot, claimsUntil deadline: Timestamp, steps: Int = 2_000) {
        trial = snapshot
        self.deadline = deadline
        stepsLeft = steps
    }

    /// Finds room for all of `pods`, or changes nothing and returns false.
    mutating func placeAll(_ pods: [PodProjection]) -> Bool {
        let ordered = pods.sorted(by: Self.largerFirst)
        if placeGreedily(ordered) == ordered.count { return true }
        for pod in ordered { take(back: pod) }
        guard ordered.count <= Self.largestSearched else { return false }
        return search(ordered[...])
    }

    /// Finds room for as many of `pods` as fit, each on its own. Returns how many that are.
    mutating func placeAny(_ pods: [PodProjection]) -> Int {
        pods.reduce(0) { $0 + (placeGreedily([$1]) == 1 ? 1 : 0) }
    }

    /// Places pods until one does not fit. Returns how many were placed.
    private mutating func placeGreedily(_ pods: [PodProjection]) -> Int {
        for (count, pod) in pods.enumerated() {
            guard let node = choices(for: pod, atMost: 1).first else { return count }
            give(pod, node)
        }
        return pods.count
    }

    private mutating func search(_ pods: ArraySlice<PodProjection>) -> Bool {
        guard let pod = pods.first else { return true }
        for node in choices(for: pod, atMost: Self.breadth) {
            guard stepsLeft > 0 else { return false }
            stepsLeft -= 1
            give(pod, node)
            if search(pods.dropFirst()) { return true }
            take(back: pod)
        }
        return false
    }

    /// The best nodes for `pod`, best first. Nodes where its claim ran out come only if there is no other.
    private func choices(for pod: PodProjection, atMost limit: Int) -> [String] {
        let avoided = trial.avoided[pod.uid] ?? []
        var best: [Tightness] = []
        for state in trial.nodes where state.misfit(of: pod) == nil {
            let rank = Tightness(of: pod, on: state, isAvoided: avoided.contains(state.node.name))
            let index = best.firstIndex { rank < $0 } ?? best.count
            guard index < limit else { continue }
            best.insert(rank, at: index)
            if best.count > limit { best.removeLast() }
        }
        return best.map(\.node)
    }

    private mutating func give(_ pod: PodProjection, _ node: String) {
        trial.claim(pod.uid, Claim(node: node, source: .planned, expiresAt: deadline))
        found[pod.uid] = node
    }

    private mutating func take(back pod: PodProjection) {
        guard found.removeValue(forKey: pod.uid) != nil else { return }
        trial.dropClaim(pod.uid)
    }

    private static func largerFirst(_ left: PodProjection, _ right: PodProjection) -> Bool {
        let a = left.requests
        let b = right.requests
        if a.gpus != b.gpus { return a.gpus > b.gpus }
        if a.milliCPU != b.milliCPU { return a.milliCPU > b.milliCPU }
        if a.memoryInBytes != b.memoryInBytes { return a.memoryInBytes > b.memoryInBytes }
        return left.name < right.name
    }
}

/// How little a node has left after a pod; less is better.
private struct Tightness: Comparable {
    var node: String
    var isAvoided: Bool
    var gpusLeft: Int64
    var milliCPULeft: Int64

    init(of pod: PodProjection, on state: NodeState, isAvoided: Bool) {
        let left = state.free - pod.requests
        node = state.node.name
        self.isAvoided = isAvoided
        gpusLeft = left.gpus
        milliCPULeft = left.milliCPU
    }

    static func < (left: Self, right: Self) -> Bool {
        if left.isAvoided != right.isAvoided { return right.isAvoided }
        if left.gpusLeft != right.gpusLeft { return left.gpusLeft < right.gpusLeft }
        if left.milliCPULeft != right.milliCPULeft { return left.milliCPULeft < right.milliCPULeft }
        return left.node < right.node
    }
}
