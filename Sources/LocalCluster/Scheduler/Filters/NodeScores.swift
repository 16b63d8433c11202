internal import KubernetesModel

/// How good a node is for a pod. Source: kube-scheduler NodeResourcesFit with the LeastAllocated strategy.
enum NodeScores {
    /// 0...100: the mean of the shares of CPU and memory that stay free once the pod is there.
    static func leastAllocated(_ pod: SchedulablePod, on state: NodeState) -> Int {
        let wanted = pod.scoredRequests
        let shares = ["cpu", "memory"].map { name -> Int64 in
            let room = state.node.allocatable.amount(of: name).milliValue
            let used = state.scoredRequests.amount(of: name).milliValue + wanted.amount(of: name).milliValue
            return room <= 0 || used > room ? 0 : Int64(Double(room - used) / Double(room) * 100)
        }
        return Int(shares.reduce(0, +)) / shares.count
    }

    /// The node with the highest total; fewest pods, then the first name, among equals.
    static func best(_ nodes: [NodeState], scores: [String: Int]) -> NodeState? {
        nodes.min { left, right in
            let (a, b) = (scores[left.node.name] ?? 0, scores[right.node.name] ?? 0)
            if a != b { return a > b }
            if left.podCount != right.podCount { return left.podCount < right.podCount }
            return left.node.name < right.node.name
        }
    }
}
