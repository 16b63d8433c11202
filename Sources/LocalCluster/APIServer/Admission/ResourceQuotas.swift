import JSON
import KubernetesModel

/// Holds back new objects that would exceed a quota of their namespace.
///
/// Counted are objects (`pods`, `services`, `count/jobs.batch`) and the requests and limits of pods that are not finished.
/// Source: k8s.io/apiserver pkg/admission/plugin/resourcequota, pkg/quota/v1/evaluator/core.
struct ResourceQuotas: Sendable {
    let store: Store

    /// Throws 403 that names what was requested, what is used and what is allowed.
    func check(_ object: JSONValue, _ definition: ResourceDefinition) throws(StatusBody) {
        guard definition.isNamespaced, let namespace = object.metadataNamespace else { return }
        let quotas = store.list(.resourceQuotas, namespace: namespace).objects
        if quotas.isEmpty { return }
        let requested = Self.usage(of: object, definition.storage)
        for quota in quotas {
            let limits = ResourceList(json: quota.json[path: "spec", "hard"])
            let affected = requested.filter { limits[$0.name] != nil }
            if affected.isEmpty { continue }
            let used = used(in: namespace, definition.storage)
            let exceeded = affected.filter { name, amount in
                guard let limit = limits[name] else { return false }
                return (used[name] ?? Quantity(0)) + amount > limit
            }
            if exceeded.isEmpty { continue }
            func list(_ amount: (String) -> Quantity?) -> String {
                exceeded.map { "\($0.name)=\(amount($0.name) ?? Quantity(0))" }.joined(separator: ",")
            }
            throw .forbidden(
                definition.groupResource, name: object.metadataName,
                "exceeded quota: \(quota.key.name), requested: \(list { name in exceeded.first { $0.name == name }?.amount }), "
                    + "used: \(list { used[$0] }), limited: \(list { limits[$0] })")
        }
    }

    private func used(in namespace: String, _ resource: GroupResource) -> [String: Quantity] {
        var sum: [String: Quantity] = [:]
        for object in store.list(resource, namespace: namespace).objects {
            let phase = object.json[path: "status", "phase"]?.string
            if resource == .pods, phase == "Succeeded" || phase == "Failed" { continue }
            for (name, amount) in Self.usage(of: object.value, resource) {
                sum[name] = (sum[name] ?? Quantity(0)) + amount
            }
        }
        return sum
    }

    private static func usage(of object: JSONValue, _ resource: GroupResource) -> [(name: String, amount: Quantity)] {
        var found = [("count/\(resource)", Quantity(1))]
        if resource.group.isEmpty { found.append((resource.plural, Quantity(1))) }
        guard resource == .pods else { return found }
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
}
