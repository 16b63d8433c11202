import JSON

/// What keeps a namespace from ending.
struct NamespaceRemains: Sendable {
    private var counts: [(resource: String, count: Int)] = []
    private var finalizers: [String: Int] = [:]

    init(of namespace: String, in store: Store) {
        for resource in store.resources(in: namespace) {
            let objects = store.list(resource, namespace: namespace).objects
            counts.append(("\(resource)", objects.count))
            for object in objects {
                for finalizer in object.finalizers { finalizers[finalizer, default: 0] += 1 }
            }
        }
        counts.sort { $0.resource < $1.resource }
    }

    var isEmpty: Bool { counts.isEmpty }

    /// The conditions of the namespace.
    var conditions: [JSONValue] {
        let content = counts.map { "\($0.resource). has \($0.count) resource instances" }.joined(separator: ", ")
        let held = finalizers.sorted { $0.key < $1.key }.map { "\($0.key) in \($0.value) resource instances" }
            .joined(separator: ", ")
        return [
            Self.condition(
                "NamespaceContentRemaining", isTrue: !counts.isEmpty, "SomeResourcesRemain", "ContentRemoved",
                counts.isEmpty ? "All content successfully removed" : "Some resources are remaining: \(content)"),
            Self.condition(
                "NamespaceFinalizersRemaining", isTrue: !finalizers.isEmpty, "SomeFinalizersRemain",
                "ContentHasNoFinalizers",
                finalizers.isEmpty
                    ? "All content-preserving finalizers finished"
                    : "Some content in the namespace has finalizers remaining: \(held)"),
        ]
    }

    private static func condition(
        _ type: String, isTrue: Bool, _ reason: String, _ otherwise: String, _ message: String
    ) -> JSONValue {
        [
            "type": JSONValue(type), "status": isTrue ? "True" : "False",
            "reason": JSONValue(isTrue ? reason : otherwise),
            "message": JSONValue(message),
        ]
    }
}
