/// What placement keeps of a Node object.
package struct NodeProjection: Hashable, Sendable {
    /// The name of the node.
    package var name: String
    /// What pods can have of it.
    package var allocatable: ResourceAmounts
    /// How many pods the node takes, resource `pods`; `nil` where the node does not say.
    package var maximumPods: Int?
    /// Cordoned: `spec.unschedulable`.
    package var isCordoned: Bool
    /// What keeps pods away that do not tolerate it.
    package var taints: [NodeTaint]
    /// Its labels.
    package var labels: [String: String]

    /// A node with the given room.
    package init(
        name: String, allocatable: ResourceAmounts, maximumPods: Int? = nil, isCordoned: Bool = false,
        taints: [NodeTaint] = [], labels: [String: String] = [:]
    ) {
        self.name = name
        self.allocatable = allocatable
        self.maximumPods = maximumPods
        self.isCordoned = isCordoned
        self.taints = taints
        self.labels = labels
    }
}
