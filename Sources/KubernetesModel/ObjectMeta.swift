package import JSON

/// The metadata of an object, read by view. Fields that are absent read as empty.
package struct ObjectMeta: Sendable {
    /// The `metadata` object; nil if the object has none.
    package let json: JSONView?

    /// The metadata of `object`.
    package init(of object: JSONView) {
        json = object["metadata"]
    }

    private func text(_ key: String) -> String { json?[key]?.string ?? "" }

    /// The name; empty when the server is to make one from ``generateName``.
    package var name: String { text("name") }
    /// The prefix from which the server makes a name; empty if absent.
    package var generateName: String { text("generateName") }
    /// The namespace; nil for cluster-scoped objects.
    package var namespace: String? { json?["namespace"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    /// The unique id that the server gave; empty before creation.
    package var uid: String { text("uid") }
    /// The opaque version for optimistic concurrency; empty before creation.
    package var resourceVersion: String { text("resourceVersion") }
    /// The number of the desired state, counted by the server.
    package var generation: Int? { json?["generation"]?.int }
    /// When the object was created.
    package var creationTimestamp: Timestamp? { json?["creationTimestamp"]?.string.flatMap { Timestamp($0) } }
    /// When the object is or was due to go; set once deletion has begun.
    package var deletionTimestamp: Timestamp? { json?["deletionTimestamp"]?.string.flatMap { Timestamp($0) } }
    /// Whether deletion has begun.
    package var isDeleting: Bool { json?["deletionTimestamp"]?.string != nil }
    /// Seconds of grace of the deletion that has begun.
    package var deletionGracePeriodSeconds: Int? { json?["deletionGracePeriodSeconds"]?.int }
    /// The labels.
    package var labels: StringMap { StringMap(json: json?["labels"]) }
    /// The annotations.
    package var annotations: StringMap { StringMap(json: json?["annotations"]) }
    /// Who must agree before the object goes.
    package var finalizers: [String] { json?["finalizers"]?.elements.compactMap(\.string) ?? [] }
    /// The objects that this one depends on.
    package var ownerReferences: [OwnerReference] {
        json?["ownerReferences"]?.elements.map { OwnerReference(json: $0) } ?? []
    }
    /// The owner that manages this object; at most one is marked as controller.
    package var controller: OwnerReference? { ownerReferences.first(where: \.controller) }
    /// Namespace and name.
    package var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }
}
