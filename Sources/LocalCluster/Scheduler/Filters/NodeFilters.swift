internal import JSON
internal import KubernetesModel

/// The checks of one node for one pod, in the order of kube-scheduler; the first that fails decides.
/// Source: kube-scheduler plugins NodeUnschedulable, NodeName, TaintToleration, NodeAffinity, NodePorts, NodeResourcesFit.
enum NodeFilters {
    /// Why `pod` cannot go to the node; nil if it can. Resources named in `ignoring` are left to extenders.
    static func rejection(
        of pod: SchedulablePod, on state: NodeState, ignoring ignored: Set<String> = []
    ) -> NodeRejection? {
        let spec = pod.pod.spec
        let tolerations = spec.tolerations
        if state.node.isUnschedulable, !toleratesCordon(tolerations) {
            return NodeRejection(reasons: ["node(s) were unschedulable"], isUnresolvable: true)
        }
        if let taint = untolerated(state.node.taints, tolerations) {
            let text = "node(s) had untolerated taint {\(taint.key): \(taint.value)}"
            return NodeRejection(reasons: [text], isUnresolvable: true)
        }
        if !NodeAffinity.matches(spec, state.node) {
            return NodeRejection(reasons: ["node(s) didn't match Pod's node affinity/selector"], isUnresolvable: true)
        }
        if pod.hostPorts.contains(where: { wanted in state.hostPorts.contains { $0.conflicts(with: wanted) } }) {
            let text = "node(s) didn't have free ports for the requested pod ports"
            return NodeRejection(reasons: [text], isUnresolvable: false, cause: .room)
        }
        return shortage(of: pod, on: state, ignoring: ignored)
    }

    private static func toleratesCordon(_ tolerations: [Toleration]) -> Bool {
        tolerations.contains { toleration in
            let key = toleration.json["key"]?.string ?? ""
            let effect = toleration.json["effect"]?.string ?? ""
            let comparison = toleration.json["operator"]?.string ?? "Equal"
            return (key.isEmpty ? comparison == "Exists" : key == "node.kubernetes.io/unschedulable")
                && (effect.isEmpty || effect == "NoSchedule")
        }
    }

    /// The first taint that keeps a pod with these tolerations away.
    static func untolerated(_ taints: [Taint], _ tolerations: [Toleration]) -> Taint? {
        taints.first { taint in
            (taint.effect == "NoSchedule" || taint.effect == "NoExecute")
                && !tolerations.contains { $0.tolerates(taint) }
        }
    }

    private static func shortage(
        of pod: SchedulablePod, on state: NodeState, ignoring ignored: Set<String>
    ) -> NodeRejection? {
        let room = state.node.allocatable
        var reasons: [String] = []
        var never = false
        if let most = room["pods"]?.roundedUpValue, Int64(state.podCount) + 1 > most {
            reasons.append("Too many pods")
        }
        for (name, amount) in pod.requests.pairs where !ignored.contains(name) && amount.sign > 0 {
            if amount > room.amount(of: name) - state.requested.amount(of: name) {
                reasons.append("Insufficient \(name)")
                never = never || amount > room.amount(of: name)
            }
        }
        return reasons.isEmpty ? nil : NodeRejection(reasons: reasons, isUnresolvable: never, cause: .room)
    }
}
