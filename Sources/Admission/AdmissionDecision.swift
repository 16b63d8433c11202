import JSON
import KubernetesModel

/// The answer to an ``AdmissionRequest``.
package struct AdmissionDecision: Sendable {
    /// Whether the object may be stored.
    package var allowed = true
    /// Changes to the object; nil when there are none.
    package var patch: JSONPatch?
    /// What the user should know, each in at most 120 characters.
    package var warnings: [String] = []
    /// Everything that is wrong; empty when allowed.
    package var problems: [FieldError] = []
    /// The status that the API server passes on when refused.
    package var status: StatusBody?

    /// Allowed without change.
    package static let allow = AdmissionDecision()

    /// HTTP code: 200, or that of the refusal.
    package var code: Int { status?.code ?? 200 }
    /// The refusal's reason, such as `Invalid`; empty when allowed.
    package var reason: String { status?.reason ?? "" }
    /// The refusal for people; empty when allowed.
    package var message: String { status?.message ?? "" }

    /// Refused with every problem.
    static func refuse(_ type: ResourceType, name: String, _ problems: [FieldError]) -> AdmissionDecision {
        var decision = AdmissionDecision()
        decision.allowed = false
        decision.problems = problems
        decision.status = .invalid(type, name, problems)
        return decision
    }

    /// Allowed with the change from `before` to `after`, if there is any.
    static func change(from before: JSONValue, to after: JSONValue) -> AdmissionDecision {
        var decision = AdmissionDecision()
        let patch = JSONPatch.diff(from: before, to: after)
        if !patch.operations.isEmpty { decision.patch = patch }
        return decision
    }

    /// The whole AdmissionReview that answers the request `uid`.
    package func review(answering uid: String, base64: ([UInt8]) -> String) -> JSONValue {
        var response: [(String, JSONValue)] = [("uid", JSONValue(uid)), ("allowed", JSONValue(allowed))]
        if let status { response.append(("status", status.value)) }
        if allowed, let patch {
            response.append(("patchType", "JSONPatch"))
            response.append(("patch", JSONValue(base64(patch.json.bytes))))
        }
        if !warnings.isEmpty { response.append(("warnings", JSONValue(warnings))) }
        return .object([
            ("apiVersion", "admission.k8s.io/v1"), ("kind", "AdmissionReview"), ("response", .object(response)),
        ])
    }
}
