/// The name of a gang: pods with the same `kubedl.io/gang-name` label in one namespace.
package struct GangKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The namespace.
    package var namespace: String
    /// The name.
    package var name: String

    /// The gang `name` of `namespace`.
    package init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    package var description: String { "\(namespace)/\(name)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

/// A pod's part in a gang.
package struct GangMembership: Hashable, Sendable {
    /// The gang.
    package var key: GangKey
    /// Pods of the gang that must have room together, ≥ 1.
    package var minimumMembers: Int

    /// Membership of the gang `key`.
    package init(key: GangKey, minimumMembers: Int) {
        self.key = key
        self.minimumMembers = minimumMembers
    }
}

/// The object that controls a pod, so that its reader can be told too.
package struct PodController: Hashable, Sendable {
    /// Group and version.
    package var apiVersion: String
    /// The kind.
    package var kind: String
    /// The name.
    package var name: String
    /// The unique id.
    package var uid: String

    /// The controller of the given identity.
    package init(apiVersion: String, kind: String, name: String, uid: String) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
    }
}

/// What placement keeps of a Pod object.
package struct PodProjection: Hashable, Sendable {
    /// The unique id.
    package var uid: String
    /// The namespace.
    package var namespace: String
    /// The name.
    package var name: String
    /// The node it is bound to.
    package var nodeName: String?
    /// Succeeded or Failed: it holds nothing any more.
    package var isFinished = false
    /// It is being deleted. Until it is gone it holds what it held.
    package var isDeleting = false
    /// What it asks for.
    package var requests = ResourceAmounts()
    /// Labels that its node must have.
    package var nodeSelector: [String: String] = [:]
    /// Terms of the required node affinity, one of which must match; `nil` requires nothing.
    package var affinityTerms: [NodeSelectorTerm]?
    /// The taints that it tolerates.
    package var tolerations: [PodToleration] = []
    /// The host ports that it takes.
    package var hostPorts: [HostPort] = []
    /// Its priority; higher goes first.
    package var priority = 0
    /// Creation time in seconds since 1970.
    package var createdAt: Int64 = 0
    /// Its gang, if it is in one.
    package var gang: GangMembership?
    /// Whether our own scheduling gate still holds it back.
    package var hasGangGate = false
    /// Whether somebody else's scheduling gate holds it back.
    package var hasOtherGates = false
    /// Whether it has annotations, so that a patch can add one among them.
    package var hasAnnotations = false
    /// The node the planner chose before it took the gate away.
    package var reservedNode: String?
    /// Indices of the GPUs that it was given at bind.
    package var gpuDevices: [Int] = []
    /// The object that controls it.
    package var controller: PodController?
    /// The message of its waiting condition, so that it is written only when it changes.
    package var waitingMessage: String?

    /// A pod that asks for nothing.
    package init(uid: String, namespace: String, name: String) {
        self.uid = uid
        self.namespace = namespace
        self.name = name
    }

    /// `namespace/name`.
    package var title: String { "\(namespace)/\(name)" }
    /// Whether it still waits for a node.
    package var isWaiting: Bool { nodeName == nil && !isFinished && !isDeleting }
}
