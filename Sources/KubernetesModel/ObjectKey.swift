/// Namespace and name of an object: what identifies it among the objects of its resource.
package struct ObjectKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The namespace; nil for cluster-scoped objects.
    package var namespace: String?
    /// The name.
    package var name: String

    /// The key of the object `name` in `namespace`; an empty namespace is none.
    package init(namespace: String?, name: String) {
        self.namespace = namespace.flatMap { $0.isEmpty ? nil : $0 }
        self.name = name
    }

    /// `namespace/name`, or only `name` for cluster-scoped objects.
    package var description: String {
        namespace.map { "\($0)/\(name)" } ?? name
    }

    /// The key that ``description`` writes; nil if there is an empty part or more than one slash.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.init(namespace: parts.count == 2 ? String(parts[0]) : nil, name: String(parts[parts.count - 1]))
    }

    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace ?? "", left.name) < (right.namespace ?? "", right.name)
    }
}
