import APIMachinery
import JSON
import KubernetesModel

/// One served version of a CustomResourceDefinition.
struct CustomVersion: Sendable {
    /// Nil when the definition says `x-kubernetes-preserve-unknown-fields` at the root or has no usable schema.
    var schema: StructuralSchema?
    /// The schema as given, for OpenAPI.
    var openAPISchema: JSONValue
    /// Name of the definition, `PLURAL.GROUP`.
    var definitionName: String
    /// What to warn of when a deprecated version is used.
    var deprecation: String?

    /// The resources that a definition serves, the preferred version first; none before it is established.
    static func definitions(from crd: JSONView) -> [ResourceDefinition] {
        guard let spec = crd["spec"], let group = spec["group"]?.string, let names = spec["names"],
            let plural = names["plural"]?.string, let kind = names["kind"]?.string, let versions = spec["versions"],
            crd.condition("Established") == "True"
        else { return [] }
        let storage = versions.elements.first { $0["storage"]?.bool == true }?["name"]?.string ?? "v1"
        let served = versions.elements.filter { $0["served"]?.bool == true }
            .sorted { versionPriority($0["name"]?.string ?? "") > versionPriority($1["name"]?.string ?? "") }
        return served.map { version in
            var definition = ResourceDefinition(
                "\(group)/\(version["name"]?.string ?? "")", plural, kind,
                isNamespaced: spec["scope"]?.string == "Namespaced", shortNames: names["shortNames"]?.strings ?? [],
                categories: names["categories"]?.strings ?? [])
            definition.singular = names["singular"]?.string ?? kind.lowercased()
            definition.listKind = names["listKind"]?.string ?? kind + "List"
            definition.storageAPIVersion = "\(group)/\(storage)"
            let subresources = version["subresources"]
            if let status = subresources?["status"], !status.isNull {
                definition.subresources.append(.init("status", kind: kind, verbs: ResourceDefinition.statusVerbs))
            }
            if let scale = subresources?["scale"], !scale.isNull { definition = definition.scaled(ScalePaths(scale)) }
            var custom = CustomVersion(version, definitionName: "\(plural).\(group)")
            custom.deprecation = Self.deprecation(of: version, "\(group)", kind, served)
            definition.custom = custom
            definition.behavior = CustomBehavior(
                schema: custom.schema, hasStatus: definition.hasStatus, table: CustomColumns.layout(for: version),
                selectableFields: (version["selectableFields"]?.elements.compactMap { $0["jsonPath"]?.string } ?? [])
                    .map { String($0.drop { $0 == "." }) })
            return definition
        }
    }

    /// The warning of a deprecated version; the newest version that is as stable is named as its successor.
    private static func deprecation(
        of version: JSONView, _ group: String, _ kind: String, _ served: [JSONView]
    ) -> String? {
        guard version["deprecated"]?.bool == true else { return nil }
        if let text = version["deprecationWarning"]?.string { return text }
        let name = version["name"]?.string ?? ""
        let successor = served.first { $0["deprecated"]?.bool != true }?["name"]?.string
        let text = "\(group)/\(name) \(kind) is deprecated"
        guard let successor, versionPriority(successor) > versionPriority(name) else { return text }
        return text + "; use \(group)/\(successor) \(kind)"
    }

    private init(_ version: JSONView, definitionName: String) {
        self.definitionName = definitionName
        let given = version[path: "schema", "openAPIV3Schema"]
        openAPISchema = given.map { JSONValue($0) } ?? ["type": "object"]
        schema = given.flatMap { try? StructuralSchema($0) }
    }
}

extension JSONView {
    /// The status of a condition, such as `True`.
    func condition(_ type: String) -> String? {
        self[path: "status", "conditions"]?.elements.first { $0["type"]?.string == type }?["status"]?.string
    }
}
