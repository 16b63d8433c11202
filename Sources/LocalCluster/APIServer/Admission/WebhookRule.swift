import JSON

/// One entry of a webhook's `rules`. Source: k8s.io/apiserver pkg/admission/plugin/webhook/predicates/rules.
struct WebhookRule: Sendable, Equatable {
    var groups: [String]
    var versions: [String]
    var operations: [String]
    var resources: [String]
    /// `Cluster`, `Namespaced` or `*`.
    var scope: String

    init(_ json: JSONView) {
        groups = json["apiGroups"]?.strings ?? []
        versions = json["apiVersions"]?.strings ?? []
        operations = json["operations"]?.strings ?? []
        resources = json["resources"]?.strings ?? []
        scope = json["scope"]?.string ?? "*"
    }

    /// A rule for every write.
    static let everything = WebhookRule()

    private init() {
        groups = ["*"]
        versions = ["*"]
        operations = ["*"]
        resources = ["*/*"]
        scope = "*"
    }

    func matches(_ operation: AdmissionOperation, _ definition: ResourceDefinition, subresource: String) -> Bool {
        Self.has(groups, definition.group) && Self.has(versions, definition.version)
            && Self.has(operations, operation.rawValue) && matchesScope(definition)
            && resources.contains { Self.matches($0, definition.plural, subresource) }
    }

    private func matchesScope(_ definition: ResourceDefinition) -> Bool {
        switch scope {
        case "Cluster": !definition.isNamespaced
        case "Namespaced": definition.isNamespaced
        default: true
        }
    }

    private static func has(_ list: [String], _ wanted: String) -> Bool { list.contains("*") || list.contains(wanted) }

    /// `pods`, `pods/status`, `pods/*`, `*`, `*/status`, `*/*`.
    private static func matches(_ rule: String, _ plural: String, _ subresource: String) -> Bool {
        let parts = rule.split(separator: "/", maxSplits: 1).map(String.init)
        guard let first = parts.first else { return false }
        let wantedSub = parts.count == 2 ? parts[1] : ""
        return (first == "*" || first == plural) && (wantedSub == "*" || wantedSub == subresource)
    }
}
