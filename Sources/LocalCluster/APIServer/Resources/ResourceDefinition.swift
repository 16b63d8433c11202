import KubernetesModel

/// One resource in one served version: its names, what may be done with it, and the rules of its kind.
package struct ResourceDefinition: Sendable {
    /// A path below an object, such as `status`.
    package struct Subresource: Sendable {
        package var name: String
        package var kind: String
        package var verbs: [String]
        /// Group and version of `kind`, if not those of the resource.
        package var apiVersion: String?

        package init(_ name: String, kind: String, verbs: [String], apiVersion: String? = nil) {
            self.name = name
            self.kind = kind
            self.verbs = verbs
            self.apiVersion = apiVersion
        }
    }

    package var group: String
    package var version: String
    package var plural: String
    package var singular: String
    package var kind: String
    package var listKind: String
    package var shortNames: [String] = []
    package var categories: [String] = []
    package var isNamespaced: Bool
    package var verbs = Self.allVerbs
    package var subresources: [Subresource] = []
    package var behavior: any ResourceBehavior = StoredOnly()
    /// Where objects are kept; another resource's for a second name of the same objects.
    package var storage: GroupResource
    /// `apiVersion` of the stored form.
    package var storageAPIVersion: String
    /// Set for resources that a CustomResourceDefinition made.
    package var custom: CustomVersion?

    package static let allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    package static let statusVerbs = ["get", "patch", "update"]

    package init(
        _ apiVersion: String, _ plural: String, _ kind: String, isNamespaced: Bool = true, shortNames: [String] = [],
        categories: [String] = [], hasStatus: Bool = false, behavior: any ResourceBehavior = StoredOnly()
    ) {
        let parts = apiVersion.split(separator: "/").map(String.init)
        group = parts.count == 2 ? parts[0] : ""
        version = parts.last ?? ""
        self.plural = plural
        self.kind = kind
        singular = kind.lowercased()
        listKind = kind + "List"
        self.isNamespaced = isNamespaced
        self.shortNames = shortNames
        self.categories = categories
        self.behavior = behavior
        storage = GroupResource(group: group, plural: plural)
        storageAPIVersion = apiVersion
        if hasStatus { subresources = [Subresource("status", kind: kind, verbs: Self.statusVerbs)] }
    }

    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    package var groupResource: GroupResource { GroupResource(group: group, plural: plural) }
    package var hasStatus: Bool { subresources.contains { $0.name == "status" } }

    package func has(subresource: String) -> Bool { subresources.contains { $0.name == subresource } }
}
