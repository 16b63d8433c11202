internal import Foundation
internal import JSON
internal import KubernetesModel

/// Which pods a ReplicaSet or a Job gives up first.
///
/// In this order: without a node, less far in their phase, not ready, cheaper to delete, many on their node, ready for a
/// shorter time, restarted more often, younger. Times compare by their order of magnitude (KEP-2185).
/// Source: pkg/controller/controller_utils.go, `ActivePodsWithRanks`.
struct PodRanking {
    private let pods: [Pod]
    private let now: Timestamp
    private let countByNode: [String: Int]

    /// A ranking of active pods.
    init(_ pods: [Pod], now: Timestamp) {
        self.pods = pods
        self.now = now
        countByNode = pods.reduce(into: [:]) { $0[$1.spec.nodeName ?? "", default: 0] += 1 }
    }

    /// The pods, those to be given up first at the front.
    var firstToGo: [Pod] {
        pods.map { (pod: $0, rank: rank($0)) }
            .sorted { left, right in
                for (a, b) in zip(left.rank, right.rank) where a != b { return a < b }
                return left.pod.metadata.uid < right.pod.metadata.uid
            }
            .map(\.pod)
    }

    private func rank(_ pod: Pod) -> [Int] {
        let node = pod.spec.nodeName ?? ""
        let phases: [PodStatus.Phase] = [.pending, .unknown, .running]
        let ready = pod.status.condition("Ready")
        let isReady = ready?.isTrue ?? false
        let cost = pod.metadata.annotations["controller.kubernetes.io/pod-deletion-cost"].flatMap { Int($0) } ?? 0
        return [
            node.isEmpty ? 0 : 1, phases.firstIndex(of: pod.status.phase) ?? 0, isReady ? 1 : 0, cost,
            -(countByNode[node] ?? 0), isReady ? magnitude(ready?.lastTransitionTime) : 0,
            -(pod.status.containerStatuses.map(\.restartCount).max() ?? 0),
            magnitude(pod.metadata.creationTimestamp),
        ]
    }

    /// The binary logarithm of the time since then; -1 for none.
    private func magnitude(_ moment: Timestamp?) -> Int {
        guard let moment, now > moment else { return -1 }
        return Int(log2((now - moment) / .nanoseconds(1)))
    }
}
