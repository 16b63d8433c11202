internal import JSON
internal import KubernetesModel

/// The conditions of a workload while a new status is made.
struct Conditions {
    private(set) var all: [Condition]
    let now: Timestamp
    /// What the kind calls the time of the last look at a condition; nil if it keeps none.
    let timeField: String?

    init(of root: JSONView, now: Timestamp, timeField: String? = nil) {
        self.now = now
        self.timeField = timeField
        all = root.conditions.map { json in
            var condition = Condition(json: json)
            condition.lastUpdateTime = timeField.flatMap { json[$0]?.string }.flatMap { Timestamp($0) }
            return condition
        }
    }

    subscript(_ type: String) -> Condition? { all.first { $0.type == type } }

    /// Sets a condition. One of the same status and reason stays as it is; the time of transition is that of the status.
    ///
    /// Source: pkg/controller/deployment/util, `SetDeploymentCondition`.
    mutating func set(_ type: String, _ status: String, _ reason: String, _ message: String) {
        let old = self[type]
        if let old, old.status == status, old.reason == reason { return }
        replace(type, status, reason, message)
    }

    /// As ``set(_:_:_:_:)``, but writes the message and the time of update also when nothing else changes.
    mutating func replace(_ type: String, _ status: String, _ reason: String, _ message: String) {
        let old = self[type]
        remove(type)
        all.append(
            Condition(
                type: type, status: status, reason: reason, message: message,
                lastTransitionTime: old?.status == status ? old?.lastTransitionTime : now, lastUpdateTime: now))
    }

    mutating func remove(_ type: String) { all.removeAll { $0.type == type } }

    /// Writes them where a status has them.
    func write(to status: inout JSONValue) {
        status["conditions"] = all.isEmpty ? JSONValue?.none : JSONValue(all.map { value(of: $0) })
    }

    private func value(of condition: Condition) -> JSONValue {
        var plain = condition
        plain.lastUpdateTime = nil
        var value = plain.value
        if let timeField, let time = condition.lastUpdateTime { value[timeField] = JSONValue(time.description) }
        return value
    }
}
