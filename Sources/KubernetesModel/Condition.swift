package import JSON

/// An observation of an object that is true, false or unknown. Source: metav1.Condition and core/v1 PodCondition.
package struct Condition: Sendable, Hashable {
    /// What is observed, such as `Ready`.
    package var type: String
    /// `True`, `False` or `Unknown`.
    package var status: String
    /// Why, in a word.
    package var reason: String
    /// Why, for people.
    package var message: String
    /// When the status last changed.
    package var lastTransitionTime: Timestamp?
    /// When the condition was last written (jobs' conditions have it).
    package var lastUpdateTime: Timestamp?

    /// A condition from its parts.
    package init(
        type: String, status: String, reason: String = "", message: String = "",
        lastTransitionTime: Timestamp? = nil, lastUpdateTime: Timestamp? = nil
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.lastTransitionTime = lastTransitionTime
        self.lastUpdateTime = lastUpdateTime
    }

    /// Reads a condition; absent fields are empty.
    package init(json: JSONView) {
        self.init(
            type: json["type"]?.string ?? "", status: json["status"]?.string ?? "Unknown",
            reason: json["reason"]?.string ?? "", message: json["message"]?.string ?? "",
            lastTransitionTime: json["lastTransitionTime"]?.string.flatMap { Timestamp($0) },
            lastUpdateTime: json["lastUpdateTime"]?.string.flatMap { Timestamp($0) })
    }

    /// Whether the status is `True`.
    package var isTrue: Bool { status == "True" }

    /// The condition as JSON; empty fields are left out.
    package var value: JSONValue {
        var fields = [("type", type), ("status", status), ("reason", reason), ("message", message)]
        if let time = lastUpdateTime { fields.append(("lastUpdateTime", time.description)) }
        if let time = lastTransitionTime { fields.append(("lastTransitionTime", time.description)) }
        return .object(fields.filter { !$0.1.isEmpty }.map { ($0.0, JSONValue($0.1)) })
    }
}
