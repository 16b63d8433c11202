import JSON
import KubernetesModel

/// A kind that we add to Kubernetes: names, schema and the columns of `kubectl get`.
package struct CustomResource: Sendable {
    /// One column of `kubectl get`.
    package struct Column: Sendable {
        /// The heading.
        package var name: String
        /// The type of the value, such as `string`, `integer` or `date`.
        package var type: String
        /// Where the value is.
        package var jsonPath: String
        package var description: String?

        /// A column from its parts.
        package init(_ name: String, _ jsonPath: String, type: String = "string", description: String? = nil) {
            self.name = name
            self.type = type
            self.jsonPath = jsonPath
            self.description = description
        }

        fileprivate var json: JSONValue {
            var members: [(String, JSONValue)] = [
                ("name", JSONValue(name)), ("type", JSONValue(type)), ("jsonPath", JSONValue(jsonPath)),
            ]
            if let description { members.append(("description", JSONValue(description))) }
            return .object(members)
        }
    }

    /// Group, version and names.
    package var resource: ResourceType
    /// Abbreviations for the command line.
    package var shortNames: [String]
    package var description: String
    /// The schema of `spec`.
    package var spec: Schema
    /// The schema of `status`; nil for none.
    package var status: Schema?
    /// Whether `status` is written apart from the rest.
    package var hasStatusSubresource: Bool
    /// Columns of `kubectl get`.
    package var columns: [Column]

    /// A kind from its parts.
    package init(
        _ resource: ResourceType, shortNames: [String] = [], description: String, spec: Schema, status: Schema?,
        hasStatusSubresource: Bool = true, columns: [Column]
    ) {
        self.resource = resource
        self.shortNames = shortNames
        self.description = description
        self.spec = spec
        self.status = status
        self.hasStatusSubresource = status != nil && hasStatusSubresource
        self.columns = columns
    }

    /// Every kind of the suite, in the order in which charts and commands install them.
    package static let all: [CustomResource] = ObjectKind.all.map(\.definition)

    /// `apiextensions.k8s.io/v1` CustomResourceDefinition, ready to apply.
    package var definition: JSONValue {
        .object([
            ("apiVersion", "apiextensions.k8s.io/v1"),
            ("kind", "CustomResourceDefinition"),
            ("metadata", .object([("name", JSONValue("\(resource.plural).\(resource.group)"))])),
            (
                "spec",
                .object([
                    ("group", JSONValue(resource.group)),
                    ("names", names),
                    ("scope", JSONValue(resource.isNamespaced ? "Namespaced" : "Cluster")),
                    ("versions", [version]),
                ])
            ),
        ])
    }

    private var names: JSONValue {
        var members: [(String, JSONValue)] = [
            ("categories", ["all", "kubedl"]),
            ("kind", JSONValue(resource.kind)),
            ("listKind", JSONValue(resource.kind + "List")),
            ("plural", JSONValue(resource.plural)),
        ]
        if !shortNames.isEmpty { members.append(("shortNames", JSONValue(shortNames.map { JSONValue($0) }))) }
        members.append(("singular", JSONValue(resource.kind.lowercased())))
        return .object(members)
    }

    private var version: JSONValue {
        var properties: [Schema.Property] = [
            .optional("apiVersion", .string()), .optional("kind", .string()), .optional("metadata", .object([])),
            .required("spec", spec),
        ]
        if let status { properties.append(.optional("status", status)) }
        var members: [(String, JSONValue)] = [
            ("name", JSONValue(resource.version)),
            ("served", true),
            ("storage", true),
            ("schema", .object([("openAPIV3Schema", Schema.object(properties).described(description).json)])),
        ]
        if hasStatusSubresource { members.append(("subresources", .object([("status", .object([]))]))) }
        if !columns.isEmpty { members.append(("additionalPrinterColumns", JSONValue(columns.map(\.json)))) }
        return .object(members)
    }
}
