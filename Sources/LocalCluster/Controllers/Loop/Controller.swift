package import JSON
package import KubernetesModel

/// A controller as data: what it looks at, and the pure function from what it sees to what it wants.
package struct Controller: Sendable {
    /// The name that its events carry, such as `deployment-controller`.
    package var name: String
    /// The resource that it reconciles.
    package var root: ResourceType
    /// What else it looks at.
    package var uses: [ResourceType]
    /// Whether a change of `object`, of a resource that it uses, may change its plan for `root`.
    package var isConcerned: @Sendable (_ root: JSONView, _ object: JSONView) -> Bool
    /// What it wants, for a root that it sees in a world. Pure.
    package var plan: @Sendable (_ root: JSONView, _ world: World) -> Plan

    /// A controller from its parts.
    package init(
        name: String, root: ResourceType, uses: [ResourceType],
        isConcerned: @escaping @Sendable (JSONView, JSONView) -> Bool,
        plan: @escaping @Sendable (JSONView, World) -> Plan
    ) {
        self.name = name
        self.root = root
        self.uses = uses
        self.isConcerned = isConcerned
        self.plan = plan
    }
}
