/// Why a pod cannot go onto a node now. The wording follows kube-scheduler's.
package enum Misfit: Hashable, Sendable, CustomStringConvertible {
    /// The node is not known here.
    case unknownNode
    case cordoned
    case untoleratedTaint(String)
    case nodeSelector
    case nodeAffinity
    case hostPort(Int)
    case insufficient(String)
    case tooManyPods
    /// The pod's gang has room set aside on another node.
    case reservedElsewhere(String)
    /// The pod's gang has no room set aside yet.
    case gangNotPlaced(GangKey)

    package var description: String {
        switch self {
        case .unknownNode: "node not known to the extender yet"
        case .cordoned: "node is cordoned"
        case .untoleratedTaint(let key): "untolerated taint \(key)"
        case .nodeSelector: "node does not match the pod's node selector"
        case .nodeAffinity: "node does not match the pod's node affinity"
        case .hostPort(let port): "host port \(port) is taken"
        case .insufficient(let resource): "insufficient \(resource)"
        case .tooManyPods: "too many pods"
        case .reservedElsewhere(let node): "room for this pod is reserved on node \(node)"
        case .gangNotPlaced(let gang): "gang \(gang) has no room reserved yet"
        }
    }

    /// Whether evicting other pods could help. Where it could not, the scheduler must not try.
    package var canPreemptionHelp: Bool {
        switch self {
        case .hostPort, .insufficient, .tooManyPods: true
        default: false
        }
    }
}

extension NodeProjection {
    /// Whether the pod may run on this node at all, however empty it is.
    ///
    /// Same answer as the in-tree filters NodeUnschedulable, TaintToleration and NodeAffinity.
    package func admits(_ pod: PodProjection) -> Misfit? {
        if isCordoned, !pod.tolerations.contains(where: { $0.tolerates(.unschedulable) }) { return .cordoned }
        for taint in taints where taint.effect.isHard && !pod.tolerations.contains(where: { $0.tolerates(taint) }) {
            return .untoleratedTaint(taint.key)
        }
        for (key, value) in pod.nodeSelector where labels[key] != value { return .nodeSelector }
        if let terms = pod.affinityTerms, !terms.contains(where: { $0.matches(self) }) { return .nodeAffinity }
        return nil
    }
}
