/// Why no node can take a pod, in the words of kube-scheduler. Source: kube-scheduler framework `FitError.Error`.
enum FitMessage {
    /// `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.`
    /// What keeps the pod from all nodes, `obstacle`, is said once.
    static func text(nodes: Int, rejections: [String: [String]], obstacle: String? = nil) -> String {
        if nodes == 0 { return "no nodes available to schedule pods" }
        if let obstacle { return "0/\(nodes) nodes are available: \(obstacle)." }
        var counts: [String: Int] = [:]
        for reason in rejections.values.flatMap({ $0 }) { counts[reason, default: 0] += 1 }
        let reasons = counts.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", ")
        return "0/\(nodes) nodes are available" + (reasons.isEmpty ? "." : ": \(reasons).")
    }
}
