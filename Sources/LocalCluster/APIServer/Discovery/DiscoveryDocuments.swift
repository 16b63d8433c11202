import JSON
import KubernetesModel

/// What the server serves, as clients ask for it. Pure.
///
/// Source: k8s.io/api apidiscovery/v2, k8s.io/apimachinery pkg/apis/meta/v1 APIGroup, APIResourceList.
enum DiscoveryDocuments {
    /// The version that the server claims to be.
    static let version: JSONValue = [
        "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36", "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "35", "gitVersion": "v1.36.0+kubedl-local", "gitCommit": "", "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z", "goVersion": "none", "compiler": "swift", "platform": "linux/amd64",
    ]

    /// `GET /api`
    static func coreVersions(address: String) -> JSONValue {
        [
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [["clientCIDR": "0.0.0.0/0", "serverAddress": JSONValue(address)]],
        ]
    }

    /// `GET /apis`
    static func groupList(_ catalog: ResourceCatalog) -> JSONValue {
        [
            "kind": "APIGroupList", "apiVersion": "v1",
            "groups": JSONValue(catalog.groups.filter { !$0.isEmpty }.map { groupBody($0, catalog) }),
        ]
    }

    /// `GET /apis/GROUP`; nil for a group that is not served.
    static func group(_ name: String, _ catalog: ResourceCatalog) -> JSONValue? {
        guard catalog.groups.contains(name) else { return nil }
        var body = groupBody(name, catalog)
        body["kind"] = "APIGroup"
        body["apiVersion"] = "v1"
        return body
    }

    private static func groupBody(_ name: String, _ catalog: ResourceCatalog) -> JSONValue {
        let versions = catalog.versions(of: name).map { version -> JSONValue in
            ["groupVersion": JSONValue("\(name)/\(version)"), "version": JSONValue(version)]
        }
        return ["name": JSONValue(name), "versions": JSONValue(versions), "preferredVersion": versions.first ?? .null]
    }

    /// `GET /api/v1`, `GET /apis/GROUP/VERSION`; nil for a version that is not served.
    static func resourceList(group: String, version: String, _ catalog: ResourceCatalog) -> JSONValue? {
        let definitions = catalog.resources(group: group, version: version)
        guard let apiVersion = definitions.first?.apiVersion else { return nil }
        var resources: [JSONValue] = []
        for definition in definitions {
            resources.append(resource(definition))
            for sub in definition.subresources {
                var entry: JSONValue = [
                    "name": JSONValue("\(definition.plural)/\(sub.name)"), "singularName": "",
                    "namespaced": JSONValue(definition.isNamespaced), "kind": JSONValue(sub.kind),
                    "verbs": JSONValue(sub.verbs),
                ]
                if let other = sub.apiVersion {
                    let parts = other.split(separator: "/").map(String.init)
                    entry["group"] = JSONValue(parts.count == 2 ? parts[0] : "")
                    entry["version"] = JSONValue(parts.last ?? "")
                }
                resources.append(entry)
            }
        }
        return [
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": JSONValue(apiVersion),
            "resources": JSONValue(resources),
        ]
    }

    private static func resource(_ definition: ResourceDefinition) -> JSONValue {
        var entry: JSONValue = [
            "name": JSONValue(definition.plural), "singularName": JSONValue(definition.singular),
            "namespaced": JSONValue(definition.isNamespaced), "kind": JSONValue(definition.kind),
            "verbs": JSONValue(definition.verbs),
        ]
        if !definition.shortNames.isEmpty { entry["shortNames"] = JSONValue(definition.shortNames) }
        if !definition.categories.isEmpty { entry["categories"] = JSONValue(definition.categories) }
        return entry
    }

    // MARK: Aggregated

    /// `GET /api` or `GET /apis` as one `APIGroupDiscoveryList`.
    static func aggregated(core: Bool, _ catalog: ResourceCatalog) -> JSONValue {
        let items = catalog.groups.filter { $0.isEmpty == core }.map { group -> JSONValue in
            let versions = catalog.versions(of: group).map { aggregated(group: group, version: $0, catalog) }
            return [
                "metadata": ["name": JSONValue(group), "creationTimestamp": .null], "versions": JSONValue(versions),
            ]
        }
        return [
            "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": [:],
            "items": JSONValue(items),
        ]
    }

    private static func aggregated(group: String, version: String, _ catalog: ResourceCatalog) -> JSONValue {
        let resources = catalog.resources(group: group, version: version).map { definition -> JSONValue in
            var entry: JSONValue = [
                "resource": JSONValue(definition.plural),
                "responseKind": definition.groupVersionKind,
                "scope": definition.isNamespaced ? "Namespaced" : "Cluster",
                "singularResource": JSONValue(definition.singular), "verbs": JSONValue(definition.verbs),
            ]
            if !definition.shortNames.isEmpty { entry["shortNames"] = JSONValue(definition.shortNames) }
            if !definition.categories.isEmpty { entry["categories"] = JSONValue(definition.categories) }
            if !definition.subresources.isEmpty {
                entry["subresources"] = JSONValue(definition.subresources.map { subresource($0, definition) })
            }
            return entry
        }
        return ["version": JSONValue(version), "resources": JSONValue(resources), "freshness": "Current"]
    }

    private static func subresource(
        _ sub: ResourceDefinition.Subresource, _ definition: ResourceDefinition
    ) -> JSONValue {
        let parts = (sub.apiVersion ?? definition.apiVersion).split(separator: "/").map(String.init)
        return [
            "subresource": JSONValue(sub.name),
            "responseKind": kind(parts.count == 2 ? parts[0] : "", parts.last ?? "", sub.kind),
            "verbs": JSONValue(sub.verbs),
        ]
    }

    private static func kind(_ group: String, _ version: String, _ kind: String) -> JSONValue {
        ["group": JSONValue(group), "version": JSONValue(version), "kind": JSONValue(kind)]
    }
}
