import JSON
import KubernetesModel

/// The parts of a pod's status that the API server itself writes.
enum PodStatusRules {
    /// The status of a new pod. Source: pkg/registry/core/pod/strategy.go PrepareForCreate.
    static func initial(for pod: JSONValue) -> JSONValue {
        var status: JSONValue = ["phase": "Pending"]
        if !(pod[path: "spec", "schedulingGates"]?.isEmpty ?? true) {
            status["conditions"] = [
                [
                    "type": "PodScheduled", "status": "False", "lastProbeTime": .null, "lastTransitionTime": .null,
                    "reason": "SchedulingGated",
                    "message": "Scheduling is blocked due to non-empty scheduling gates",
                ]
            ]
        }
        status["qosClass"] = JSONValue(qualityOfService(of: pod))
        return status
    }

    /// Guaranteed, Burstable or BestEffort. Source: pkg/apis/core/helper/qos.
    static func qualityOfService(of pod: JSONValue) -> String {
        let containers =
            (pod[path: "spec", "containers"]?.elements ?? [])
            + (pod[path: "spec", "initContainers"]?.elements ?? [])
        var isGuaranteed = true
        var hasAny = false
        for container in containers {
            let requests = amounts(container, "requests")
            let limits = amounts(container, "limits")
            if !requests.isEmpty || !limits.isEmpty { hasAny = true }
            if limits.count != 2 || requests.contains(where: { limits[$0.key] != $0.value }) { isGuaranteed = false }
        }
        if !hasAny { return "BestEffort" }
        return isGuaranteed ? "Guaranteed" : "Burstable"
    }

    private static func amounts(_ container: JSONValue, _ field: String) -> [String: Quantity] {
        var found: [String: Quantity] = [:]
        for name in ["cpu", "memory"] {
            guard let value = container[path: "resources", field, name] else { continue }
            let amount = Quantity(value.string ?? value.numberText ?? "")
            if let amount, !amount.isZero { found[name] = amount }
        }
        return found
    }

    /// Sets one condition by its type; the transition time changes with the status only.
    static func set(_ condition: JSONValue, in status: inout JSONValue, now: Timestamp) {
        var condition = condition
        var conditions = status["conditions"]?.elements ?? []
        let index = conditions.firstIndex { $0["type"] == condition["type"] }
        let previous = index.map { conditions[$0] }
        condition["lastTransitionTime"] =
            previous?["status"] == condition["status"]
            ? previous?["lastTransitionTime"] ?? JSONValue(now.description) : JSONValue(now.description)
        if let index { conditions[index] = condition } else { conditions.append(condition) }
        status["conditions"] = JSONValue(conditions)
    }
}
