package import JSON
package import KubernetesModel

/// What objects take of a ResourceQuota: `pods`, `count/jobs.batch`, `requests.cpu`, `limits.memory` and so on.
///
/// Source: k8s.io/apiserver pkg/quota/v1 and pkg/quota/v1/evaluator/core.
package enum ResourceUsage {
    /// What one object takes. A pod that has ended takes nothing but a place in its count.
    package static func of(_ object: JSONValue, group: String, plural: String) -> [(name: String, amount: Quantity)] {
        var found = [("count/\(plural)" + (group.isEmpty ? "" : ".\(group)"), Quantity(1))]
        guard group.isEmpty else { return found }
        guard plural == "pods" else { return found + [(plural, Quantity(1))] }
        if ["Succeeded", "Failed"].contains(object[path: "status", "phase"]?.string) { return found }
        found.append((plural, Quantity(1)))
        for (field, prefixes) in [("requests", ["requests.", ""]), ("limits", ["limits."])] {
            var sum: [String: Quantity] = [:]
            for container in object[path: "spec", "containers"]?.elements ?? [] {
                for (name, value) in container[path: "resources", field]?.members ?? [] {
                    guard let amount = Quantity(value.string ?? "") else { continue }
                    sum[name] = (sum[name] ?? Quantity(0)) + amount
                }
            }
            for (name, amount) in sum.sorted(by: { $0.key < $1.key }) {
                found += prefixes.map { ($0 + name, amount) }
            }
        }
        return found
    }

    /// What all these objects of one resource take together.
    package static func sum(
        _ objects: some Sequence<JSONValue>, group: String, plural: String
    ) -> [String: Quantity] {
        objects.reduce(into: [:]) { sum, object in
            for (name, amount) in of(object, group: group, plural: plural) {
                sum[name] = (sum[name] ?? Quantity(0)) + amount
            }
        }
    }
}
