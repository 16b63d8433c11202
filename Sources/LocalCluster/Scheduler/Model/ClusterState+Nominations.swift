internal import KubernetesModel

/// Pods without a node for which room is being made on one. Source: kube-scheduler `nominator`.
extension ClusterState {
    /// Takes note of a pod without a node; what was nominated before stays if its status does not name a node.
    mutating func update(waiting pod: SchedulablePod) {
        if let node = pod.nominatedNode ?? nomination(of: pod) { nominate(pod, to: node) }
    }

    /// Counts `pod` as the next on `node`.
    mutating func nominate(_ pod: SchedulablePod, to node: String) { nominations[pod.key] = (pod, node) }

    /// Forgets what was nominated for this incarnation of a pod.
    mutating func clearNomination(of pod: SchedulablePod) {
        if nominations[pod.key]?.pod.uid == pod.uid { nominations[pod.key] = nil }
    }

    /// The node where room is made for a pod.
    func nomination(of pod: SchedulablePod) -> String? {
        nominations[pod.key].flatMap { $0.pod.uid == pod.uid ? $0.node : nil }
    }

    /// The pods that wait for room on a node.
    func nominated(to node: String) -> [SchedulablePod] {
        nominations.values.filter { $0.node == node }.map(\.pod)
    }

    /// The pods that wait for room, by node, and go before `pod`: others of at least its priority.
    func nominations(before pod: SchedulablePod) -> [String: [SchedulablePod]] {
        let rivals = nominations.values.filter { $0.pod.key != pod.key && $0.pod.priority >= pod.priority }
        return Dictionary(grouping: rivals, by: \.node).mapValues { $0.map(\.pod) }
    }
}
