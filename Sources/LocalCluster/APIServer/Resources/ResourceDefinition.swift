import JSON
import KubernetesModel

/// One resource in one served version: its names, what may be done with it, and the rules of its kind.
struct ResourceDefinition: Sendable {
    /// A path below an object, such as `status`.
    struct Subresource: Sendable {
        var name: String
        var kind: String
        var verbs: [String]
        /// Group and version of `kind`, if not those of the resource.
        var apiVersion: String?

        init(_ name: String, kind: String, verbs: [String], apiVersion: String? = nil) {
            self.name = name
            self.kind = kind
            self.verbs = verbs
            self.apiVersion = apiVersion
        }
    }

    var group: String
    var version: String
    var plural: String
    var singular: String
    var kind: String
    var listKind: String
    var shortNames: [String] = []
    var categories: [String] = []
    var isNamespaced: Bool
    var verbs = Self.allVerbs
    var subresources: [Subresource] = []
    var behavior: any ResourceBehavior = StoredOnly()
    /// Where objects are kept; another resource's for a second name of the same objects.
    var storage: GroupResource
    /// `apiVersion` of the stored form.
    var storageAPIVersion: String
    /// Where the number of replicas stands, for resources with a `scale` subresource.
    var scale: ScalePaths?
    /// Set for resources that a CustomResourceDefinition made.
    var custom: CustomVersion?

    static let allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    static let statusVerbs = ["get", "patch", "update"]

    init(
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

    var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    var groupVersionKind: JSONValue {
        ["group": JSONValue(group), "version": JSONValue(version), "kind": JSONValue(kind)]
    }
    var groupResource: GroupResource { GroupResource(group: group, plural: plural) }
    /// Whether an update of what is not there creates it. Source: AllowCreateOnUpdate of the strategies in pkg/registry.
    var isCreatedByUpdate: Bool {
        ["leases", "endpoints", "services", "events", "roles", "rolebindings", "clusterroles", "clusterrolebindings"]
            .contains(plural) && custom == nil
    }
    /// What users of this version are warned of. Source of that for endpoints: KEP-4974.
    var deprecation: String? {
        storage == .endpoints
            ? "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice" : custom?.deprecation
    }
    /// Whether it is answered and not stored.
    var isReview: Bool { verbs == ["create"] }
    var hasStatus: Bool { subresources.contains { $0.name == "status" } }

    /// The same with a `scale` subresource.
    func scaled(_ paths: ScalePaths) -> ResourceDefinition {
        var definition = self
        definition.scale = paths
        definition.subresources.append(
            Subresource("scale", kind: "Scale", verbs: Self.statusVerbs, apiVersion: "autoscaling/v1"))
        return definition
    }

    func has(subresource: String) -> Bool { subresources.contains { $0.name == subresource } }
}
