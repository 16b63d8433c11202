package import JSON

/// A machine of the cluster. Source: core/v1 Node.
package struct Node: KubernetesObject {
    package static let resource = ResourceType.nodes
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// Whether new pods are kept away.
    package var isUnschedulable: Bool { json["spec"]?["unschedulable"]?.bool ?? false }
    /// What keeps pods away that do not tolerate it.
    package var taints: [Taint] { json["spec"]?["taints"]?.elements.map { Taint(json: $0) } ?? [] }
    /// All that the machine has.
    package var capacity: ResourceList { ResourceList(json: json["status"]?["capacity"]) }
    /// What pods can have of it.
    package var allocatable: ResourceList { ResourceList(json: json["status"]?["allocatable"]) }
    /// The conditions.
    package var conditions: [Condition] { json["status"]?["conditions"]?.elements.map { Condition(json: $0) } ?? [] }
    /// Whether the condition `Ready` is true.
    package var isReady: Bool { conditions.first { $0.type == "Ready" }?.isTrue ?? false }
    /// The first address of the type `InternalIP`.
    package var internalIP: String? { address("InternalIP") }
    /// The first address of the given type.
    package func address(_ type: String) -> String? {
        json["status"]?["addresses"]?.elements.first { $0["type"]?.stringEquals(type) ?? false }?["address"]?.string
    }
}

/// What keeps pods away from a node. Source: core/v1 Taint.
package struct Taint: KubernetesView {
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// The key.
    package var key: String { json["key"]?.string ?? "" }
    /// The value; empty if absent.
    package var value: String { json["value"]?.string ?? "" }
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    package var effect: String { json["effect"]?.string ?? "" }
}

/// A taint that a pod bears. Source: core/v1 Toleration.
package struct Toleration: KubernetesView {
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// Whether the pod bears `taint`: the same effect (or none given), and the key exists or equals as the operator says.
    package func tolerates(_ taint: Taint) -> Bool {
        if let effect = json["effect"]?.string, !effect.isEmpty, effect != taint.effect { return false }
        let key = json["key"]?.string ?? ""
        if !key.isEmpty, key != taint.key { return false }
        switch json["operator"]?.string ?? "Equal" {
        case "Exists": return true
        case "Equal", "": return !key.isEmpty && (json["value"]?.string ?? "") == taint.value
        default: return false
        }
    }
}
