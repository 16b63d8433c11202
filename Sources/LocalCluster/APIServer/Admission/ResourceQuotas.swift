import APIMachinery
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
        let requested = ResourceUsage.of(
            object, group: definition.storage.group, plural: definition.storage.plural)
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
        ResourceUsage.sum(
            store.list(resource, namespace: namespace).objects.lazy.map(\.value), group: resource.group,
            plural: resource.plural)
    }
}
