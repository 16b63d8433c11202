package import JSON
package import KubernetesModel
package import Placement

/// What kube-scheduler sends to `bind`. Source: k8s.io/kube-scheduler extender/v1 `ExtenderBindingArgs`.
package struct BindingArguments: Hashable, Sendable {
    /// The pod's namespace.
    package var namespace: String
    /// The pod's name.
    package var name: String
    /// The pod's UID.
    package var uid: String
    /// The node to bind it to.
    package var node: String

    /// The binding of a pod to a node.
    package init(namespace: String, name: String, uid: String, node: String) {
        self.namespace = namespace
        self.name = name
        self.uid = uid
        self.node = node
    }

    /// Reads a body. Throws ``JSONError`` with the place of what is wrong.
    package init(body: [UInt8]) throws(JSONError) {
        let root = try JSONDocument(parsing: body).root.requireObject()
        self.init(
            namespace: try root.requireString("PodNamespace"), name: try root.requireString("PodName"),
            uid: try root.requireString("PodUID"), node: try root.requireString("Node"))
    }

    var title: String { "\(namespace)/\(name)" }
}

/// What to do about a call of `bind`.
package enum BindingDecision: Hashable, Sendable {
    /// It is bound there already.
    case done
    /// It may not be bound there, and why.
    case refuse(String)
    /// Nothing is known of the pod yet: read it first.
    case unknownPod
    /// Bind it with these GPU devices; the room is set aside.
    case bind(devices: [Int], replaced: Claim?)
}

extension ClusterSnapshot {
    /// Decides about a binding, and sets the room and the devices aside for it in the same step.
    ///
    /// Two pods that are bound to one node at the same time get different devices, because the second sees the claim
    /// of the first.
    package mutating func decideBinding(_ binding: BindingArguments, now: Timestamp) -> BindingDecision {
        guard let pod = pods[binding.uid] else { return .unknownPod }
        if let node = pod.nodeName {
            return node == binding.node
                ? .done : .refuse("pod \(binding.title) is bound to node \(node) already, not to \(binding.node)")
        }
        guard pod.isWaiting else { return .refuse("pod \(binding.title) is being deleted or has ended") }
        guard !pod.hasGangGate, !pod.hasOtherGates else {
            return .refuse("pod \(binding.title) is held back by a scheduling gate")
        }
        guard let state = node(binding.node) else {
            return .refuse("node \(binding.node) is not known to the extender yet; try again")
        }
        if let misfit = state.misfit(of: query(pod)) {
            return .refuse("pod \(binding.title) no longer fits on node \(binding.node): \(misfit)")
        }
        let previous = claims[binding.uid]
        if let previous, previous.source == .binding {
            return .bind(devices: previous.devices, replaced: nil)
        }
        var devices: [Int] = []
        if pod.requests.gpus > 0 {
            guard let free = state.lowestFreeDevices(Int(clamping: pod.requests.gpus)) else {
                return .refuse("node \(binding.node) has no \(pod.requests.gpus) free GPU devices for \(binding.title)")
            }
            devices = free
        }
        let expiry = now + claimLifetime
        claim(binding.uid, Claim(node: binding.node, source: .binding, expiresAt: expiry, devices: devices))
        return .bind(devices: devices, replaced: previous)
    }

    /// Takes back what ``decideBinding(_:now:)`` set aside, after a binding that failed; the room goes back to what it
    /// was before.
    package mutating func undoBinding(_ binding: BindingArguments, replaced: Claim?) {
        guard claims[binding.uid]?.source == .binding else { return }
        if let replaced {
            claim(binding.uid, replaced)
        } else {
            dropClaim(binding.uid)
        }
    }
}
