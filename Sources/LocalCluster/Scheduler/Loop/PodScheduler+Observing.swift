internal import JSON
internal import KubernetesModel
internal import Synchronization

extension PodScheduler {
    /// Takes note of a node; nil if it is gone.
    func observe(node: Node?, name: String) {
        state.withLock { state in
            if let node { state.cluster.update(node: node) } else { state.cluster.remove(node: name) }
            state.queue.clusterChanged()
        }
        signal()
    }

    /// Takes note of a pod; nil if it is gone.
    func observe(pod: SchedulablePod?, before: SchedulablePod?, key: ObjectKey) {
        state.withLock { state in
            if let before, before.uid != pod?.uid {
                state.cluster.remove(pod: key, uid: before.uid)
                state.queue.remove(key)
                state.queue.clusterChanged()
            }
            guard let pod else { return }
            if pod.nodeName != nil {
                state.cluster.update(pod: pod)
                state.queue.remove(key)
                if pod.isFinished { state.queue.clusterChanged() }
            } else if Self.serves(pod), !state.cluster.holds(key, uid: pod.uid) {
                let isChanged = before.map { $0.document.root["spec"]?.raw != pod.document.root["spec"]?.raw } ?? false
                state.queue.update(pod, isSpecChanged: isChanged)
            } else {
                state.queue.remove(key)
            }
        }
        signal()
    }

    private static func serves(_ pod: SchedulablePod) -> Bool {
        pod.schedulerName == schedulerName && pod.gates.isEmpty && !pod.isDeleting && !pod.isFinished
    }
}
