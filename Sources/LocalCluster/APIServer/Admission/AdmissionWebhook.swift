import CEL
import JSON
import KubernetesModel

/// One webhook of a configuration.
struct AdmissionWebhook: Sendable {
    var name: String
    var rules: [WebhookRule]
    var client: WebhookClient
    var ignoresFailure: Bool
    var matchesEquivalent: Bool
    var namespaceSelector: LabelSelector?
    var objectSelector: LabelSelector?
    /// Whether it may be called for a dry run.
    var hasNoSideEffects: Bool
    var timeoutSeconds: Int
    var conditions: [AdmissionExpression]
    var isReinvoked: Bool

    init(_ json: JSONView) {
        name = json["name"]?.string ?? ""
        rules = json["rules"]?.elements.map { WebhookRule($0) } ?? []
        client = WebhookClient(json["clientConfig"])
        ignoresFailure = json["failurePolicy"]?.string == "Ignore"
        matchesEquivalent = json["matchPolicy"]?.string != "Exact"
        namespaceSelector = json["namespaceSelector"].flatMap { try? LabelSelector(json: $0) }
        objectSelector = json["objectSelector"].flatMap { try? LabelSelector(json: $0) }
        hasNoSideEffects = ["None", "NoneOnDryRun"].contains(json["sideEffects"]?.string ?? "")
        timeoutSeconds = min(max(json["timeoutSeconds"]?.int ?? 10, 1), 30)
        isReinvoked = json["reinvocationPolicy"]?.string == "IfNeeded"
        conditions = AdmissionExpression.list(json["matchConditions"])
    }

    /// The version of the resource in which the webhook wants a write; nil if it does not want it at all.
    ///
    /// `equivalents` are the other served versions of the same objects; `namespace` is the namespace's object.
    func wantedVersion(
        _ attributes: AdmissionAttributes, equivalents: [ResourceDefinition], namespace: JSONView?
    ) -> ResourceDefinition? {
        let candidates = [attributes.definition] + (matchesEquivalent ? equivalents : [])
        let wanted = candidates.first { candidate in
            rules.contains {
                $0.matches(attributes.operation, candidate, subresource: attributes.subresource)
            }
        }
        guard let wanted, matchesNamespace(attributes, namespace), matchesObject(attributes) else { return nil }
        return wanted
    }

    private func matchesNamespace(_ attributes: AdmissionAttributes, _ namespace: JSONView?) -> Bool {
        guard let namespaceSelector, !namespaceSelector.isEmpty else { return true }
        if attributes.definition.storage == .namespaces {
            return namespaceSelector.matches(labels(attributes.object ?? attributes.oldObject))
        }
        guard attributes.namespace != nil else { return true }
        return namespaceSelector.matches(StringMap(json: namespace?[path: "metadata", "labels"]))
    }

    private func matchesObject(_ attributes: AdmissionAttributes) -> Bool {
        guard let objectSelector, !objectSelector.isEmpty else { return true }
        return [attributes.object, attributes.oldObject].contains { object in
            object != nil && objectSelector.matches(labels(object))
        }
    }

    private func labels(_ object: JSONValue?) -> [String: String] {
        var found: [String: String] = [:]
        for (key, value) in object?[path: "metadata", "labels"]?.members ?? [] { found[key] = value.string }
        return found
    }

    /// Whether all `matchConditions` hold for a review's request.
    ///
    /// One that is false wins over one that cannot be evaluated. Throws 403 for the latter if failures count.
    func conditionsHold(_ request: JSONValue, namespace: JSONView?) throws(StatusBody) -> Bool {
        guard !conditions.isEmpty else { return true }
        guard let view = try? request.document().root else {
            throw .internalError("webhook \"\(name)\": the request cannot be read")
        }
        let values = AdmissionExpression.values(view, namespace: namespace)
        var budget = RulePrograms.budget
        var problems: [String] = []
        for condition in conditions {
            do {
                guard let holds = try condition.evaluate(values, budget: &budget).bool else {
                    problems.append("matchCondition \"\(condition.name)\" is not true or false")
                    continue
                }
                if !holds { return false }
            } catch {
                problems.append("matchCondition \"\(condition.name)\": \(error)")
            }
        }
        if problems.isEmpty { return true }
        if ignoresFailure { return false }
        throw .internalError("failed calling webhook \"\(name)\": " + problems.joined(separator: ", "))
    }
}

/// Where a webhook is reached.
struct WebhookClient: Sendable, Hashable {
    enum Target: Sendable, Hashable {
        case url(String)
        case service(namespace: String, name: String, port: Int, path: String)
    }

    var target: Target
    /// PEM text of the authority that signed the webhook's certificate; nil for the system's.
    var authority: [UInt8]?

    init(_ json: JSONView?) {
        if let url = json?["url"]?.string {
            target = .url(url)
        } else {
            let service = json?["service"]
            target = .service(
                namespace: service?["namespace"]?.string ?? "", name: service?["name"]?.string ?? "",
                port: service?["port"]?.int ?? 443, path: service?["path"]?.string ?? "/")
        }
        authority = json?["caBundle"]?.string.flatMap { $0.isEmpty ? nil : Base64Text.decode($0) }
    }
}
