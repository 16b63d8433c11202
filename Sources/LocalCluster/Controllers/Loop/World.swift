package import JSON
package import KubernetesModel

/// What a controller sees beside its root object: the objects of the root's namespace (of all, for a root without one)
/// and those without a namespace.
package struct World: Sendable {
    /// The objects that the controller uses, in the order of their names.
    package var objects: [ResourceType: [JSONView]]
    /// The time of day.
    package var now: Timestamp
    /// Why a change of the plan for this same world failed. Then only the plan's status is used.
    package var failure: String?

    /// A world of these objects.
    package init(_ objects: [ResourceType: [JSONView]] = [:], now: Timestamp, failure: String? = nil) {
        self.objects = objects
        self.now = now
        self.failure = failure
    }

    /// The objects of a resource.
    package subscript(_ type: ResourceType) -> [JSONView] { objects[type] ?? [] }
}
