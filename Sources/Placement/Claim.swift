package import KubernetesModel

/// Room set aside on a node for a pod that is not seen as bound yet.
package struct Claim: Hashable, Sendable {
    /// Where the claim comes from.
    package enum Source: Hashable, Sendable {
        /// The planner chose the node; the pod does not say so yet.
        case planned
        /// The pod's own annotation names the node.
        case annotated
        /// The pod is being bound, or was bound a moment ago.
        case binding
    }

    /// The name of the node.
    package var node: String
    /// Where the claim comes from.
    package var source: Source
    /// When the room is given back if the pod is not bound by then.
    package var expiresAt: Timestamp
    /// GPU indices given to the pod; only while binding.
    package var devices: [Int]

    /// A claim of room on `node` until `expiresAt`.
    package init(node: String, source: Source, expiresAt: Timestamp, devices: [Int] = []) {
        self.node = node
        self.source = source
        self.expiresAt = expiresAt
        self.devices = devices
    }
}
