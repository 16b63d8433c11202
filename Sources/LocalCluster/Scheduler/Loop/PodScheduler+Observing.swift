internal import JSON
internal import KubernetesModel
internal import Synchronization

extension PodScheduler {
    /// Takes note of a node; nil if it is gone.
    func observe(node: Node?, before: Node?, name: String) {
        state.withLock { state in
            guard let node else {
                state.cluster.remove(node: name)
                return state.queue.clusterChanged(.nodeRemoved)
            }
            state.cluster.update(node: node)
            if before.map({ NodeProperties($0) }) != NodeProperties(node) { state.queue.clusterChanged(.nodeChanged) }
        }
        signal()
    }

    /// Takes note of a pod; nil if it is gone.
    func observe(pod: SchedulablePod?, before: SchedulablePod?, key: ObjectKey) {
        state.withLock { state in
            if let before, before.uid != pod?.uid {
                if state.cluster.holds(key, uid: before.uid) { state.queue.clusterChanged(.podRemoved) }
                state.cluster.remove(pod: key, uid: before.uid)
                state.queue.remove(key)
            }
            guard let pod else { return }
            if pod.nodeName != nil {
                let wasHeld = state.cluster.holds(key, uid: pod.uid)
                state.cluster.update(pod: pod)
                state.queue.remove(key)
                if pod.isFinished {
                    if wasHeld { state.queue.clusterChanged(.podRemoved) }
                } else if before?.nodeName == nil || before?.labels != pod.labels {
                    state.queue.clusterChanged(.podAssigned)
                }
            } else if Self.serves(pod), !state.cluster.holds(key, uid: pod.uid) {
                let isChanged =
                    before.map {
                        $0.labels != pod.labels || $0.document.root["spec"]?.raw != pod.document.root["spec"]?.raw
                    } ?? false
                state.cluster.update(waiting: pod)
                state.queue.update(pod, isSpecChanged: isChanged, now: .now())
            } else {
                state.cluster.clearNomination(of: pod)
                state.queue.remove(key)
            }
        }
        signal()
    }

    private static func serves(_ pod: SchedulablePod) -> Bool {
        pod.schedulerName == schedulerName && pod.gates.isEmpty && !pod.isDeleting && !pod.isFinished
    }
}

/// What of a node decides on scheduling: not its heartbeats. Source: kube-scheduler `NodeSchedulingPropertiesChange`.
private struct NodeProperties: Equatable {
    private let isUnschedulable: Bool
    private let labels: StringMap
    private let annotations: StringMap
    private let taints: JSONValue?
    private let allocatable: ResourceList
    private let conditions: [String: String]

    init(_ node: Node) {
        isUnschedulable = node.isUnschedulable
        labels = node.metadata.labels
        annotations = node.metadata.annotations
        taints = node.json["spec"]?["taints"].map { JSONValue($0) }
        allocatable = node.allocatable
        conditions = Dictionary(node.conditions.map { ($0.type, $0.status) }, uniquingKeysWith: { _, last in last })
    }
}
