import JSON
import KubernetesModel

/// Answers questions about access.
struct AccessReviews: Sendable {
    let rules: AccessRules

    /// The answer to a POST of a review.
    func answer(_ body: JSONValue, _ resource: ResourceDefinition, user: RequestUser) -> JSONValue {
        var answer = body
        answer["apiVersion"] = JSONValue(resource.apiVersion)
        answer["kind"] = JSONValue(resource.kind)
        if answer["metadata"] == nil { answer["metadata"] = .object([]) }
        let spec = body["spec"] ?? .object([])
        switch resource.kind {
        case "SelfSubjectReview": answer["status"] = ["userInfo": user.json]
        case "SelfSubjectRulesReview": answer["status"] = allRules(of: user, in: spec["namespace"]?.string ?? "")
        case "SubjectAccessReview":
            answer["status"] = decision(
                spec, RequestUser(name: spec["user"]?.string ?? "", groups: spec["groups"]?.strings ?? []))
        default: answer["status"] = decision(spec, user)
        }
        return answer
    }

    private func decision(_ spec: JSONValue, _ user: RequestUser) -> JSONValue {
        var request = AccessRequest(user: user, verb: "")
        if let resource = spec["resourceAttributes"] {
            func text(_ field: String) -> String { resource[field]?.string ?? "" }
            request.verb = text("verb")
            request.group = text("group")
            request.resource = text("resource")
            request.subresource = text("subresource")
            request.namespace = text("namespace")
            request.name = text("name")
        } else {
            request.verb = spec[path: "nonResourceAttributes", "verb"]?.string ?? ""
            request.path = spec[path: "nonResourceAttributes", "path"]?.string ?? ""
        }
        return ["allowed": JSONValue(rules.allows(request))]
    }

    private func allRules(of user: RequestUser, in namespace: String) -> JSONValue {
        var found = rules.rules(for: user, in: namespace).map { JSONValue($0) }
        if user.isAdministrator {
            found = [
                ["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]], ["verbs": ["*"], "nonResourceURLs": ["*"]],
            ]
        }
        return [
            "resourceRules": JSONValue(found.filter { $0["nonResourceURLs"] == nil }),
            "nonResourceRules": JSONValue(found.filter { $0["nonResourceURLs"] != nil }), "incomplete": false,
        ]
    }
}
