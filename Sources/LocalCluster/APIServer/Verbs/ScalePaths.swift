import JSON

/// Where a resource keeps its number of replicas: member names from the object's root.
struct ScalePaths: Sendable, Equatable {
    var wanted: [String]
    var present: [String]
    /// A label selector, as text or as an object; nil if there is none.
    var selector: [String]?

    /// That of deployments, replica sets and stateful sets.
    static let workload = ScalePaths(
        wanted: ["spec", "replicas"], present: ["status", "replicas"], selector: ["spec", "selector"])

    init(wanted: [String], present: [String], selector: [String]?) {
        self.wanted = wanted
        self.present = present
        self.selector = selector
    }

    /// Reads `subresources.scale` of a CustomResourceDefinition.
    init(_ json: JSONView) {
        func steps(_ field: String) -> [String]? {
            json[field]?.string.map { $0.split(separator: ".").map(String.init) }
        }
        wanted = steps("specReplicasPath") ?? ["spec", "replicas"]
        present = steps("statusReplicasPath") ?? ["status", "replicas"]
        selector = steps("labelSelectorPath")
    }
}
