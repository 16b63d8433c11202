/// A node taint. Source: core/v1 Taint.
package struct NodeTaint: Hashable, Sendable {
    /// What happens to pods that do not tolerate the taint.
    package enum Effect: String, Hashable, Sendable {
        case noSchedule = "NoSchedule"
        case preferNoSchedule = "PreferNoSchedule"
        case noExecute = "NoExecute"

        /// Whether the effect keeps a pod off the node.
        package var isHard: Bool { self != .preferNoSchedule }
    }

    /// The key.
    package var key: String
    /// The value; empty if there is none.
    package var value: String
    /// What it does.
    package var effect: Effect

    /// A taint or toleration of the given parts.
    package init(key: String, value: String = "", effect: Effect) {
        self.key = key
        self.value = value
        self.effect = effect
    }

    /// The taint that stands for a cordoned node (`spec.unschedulable`).
    package static let unschedulable = NodeTaint(key: "node.kubernetes.io/unschedulable", effect: .noSchedule)
}

/// A pod's toleration of taints. Source: core/v1 Toleration.
package struct PodToleration: Hashable, Sendable {
    /// The taint's key; empty tolerates every key (only with ``exists``).
    package var key: String
    /// Whether any value is tolerated (operator `Exists`); otherwise the value must be equal.
    package var exists: Bool
    /// The value; empty if there is none.
    package var value: String
    /// The effect tolerated; `nil` is all of them.
    package var effect: NodeTaint.Effect?

    /// A taint or toleration of the given parts.
    package init(key: String, exists: Bool = false, value: String = "", effect: NodeTaint.Effect? = nil) {
        self.key = key
        self.exists = exists
        self.value = value
        self.effect = effect
    }

    /// Whether this toleration covers `taint`. Source: k8s.io/component-helpers scheduling/corev1 ToleratesTaint.
    package func tolerates(_ taint: NodeTaint) -> Bool {
        if let effect, effect != taint.effect { return false }
        if key.isEmpty { return exists }
        guard key == taint.key else { return false }
        return exists || value == taint.value
    }
}
