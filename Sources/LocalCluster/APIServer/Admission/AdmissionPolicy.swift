import CEL
import JSON
import KubernetesModel

/// A ValidatingAdmissionPolicy together with one of its bindings.
///
/// Source: k8s.io/apiserver pkg/admission/plugin/policy/validating.
struct AdmissionPolicy: Sendable {
    /// What a validation that does not hold says.
    struct Failure: Sendable, Equatable {
        var message: String
        var reason: String
    }

    private struct Validation: Sendable {
        var expression: AdmissionExpression
        var message: String
        var messageExpression: AdmissionExpression?
        var reason: String
    }

    let name: String
    let bindingName: String
    let actions: [String]
    let parameters: PolicyParameters?
    /// What the policy and its binding want to see.
    private let scopes: [AdmissionWebhook]
    private let excluded: [AdmissionWebhook]
    private let ignoresFailure: Bool
    private let conditions: [AdmissionExpression]
    private let variables: [AdmissionExpression]
    private let validations: [Validation]

    init(_ policy: JSONView, binding: JSONView) {
        let spec = policy["spec"]
        name = policy[path: "metadata", "name"]?.string ?? ""
        bindingName = binding[path: "metadata", "name"]?.string ?? ""
        actions = binding[path: "spec", "validationActions"]?.strings ?? []
        parameters = PolicyParameters(kind: spec?["paramKind"], reference: binding[path: "spec", "paramRef"])
        ignoresFailure = spec?["failurePolicy"]?.string == "Ignore"
        let matches = [spec?["matchConstraints"], binding[path: "spec", "matchResources"]].compactMap { $0 }
        scopes = matches.map { AdmissionWebhook(scope: $0, rules: "resourceRules") }
        excluded = matches.filter { !($0["excludeResourceRules"]?.isEmpty ?? true) }
            .map { AdmissionWebhook(scope: $0, rules: "excludeResourceRules") }
        conditions = AdmissionExpression.list(spec?["matchConditions"])
        variables = AdmissionExpression.list(spec?["variables"])
        validations =
            spec?["validations"]?.elements.map { json in
                Validation(
                    expression: AdmissionExpression(json["expression"]),
                    message: trimmed(json["message"]?.string ?? ""),
                    messageExpression: json["messageExpression"].flatMap {
                        ($0.string ?? "").isEmpty ? nil : AdmissionExpression($0)
                    },
                    reason: json["reason"]?.string ?? "Invalid")
            } ?? []
    }

    /// The version in which the policy sees a write; nil if it does not.
    func wantedVersion(
        _ attributes: AdmissionAttributes, equivalents: [ResourceDefinition], namespace: JSONView?
    ) -> ResourceDefinition? {
        func found(_ scope: AdmissionWebhook) -> ResourceDefinition? {
            scope.wantedVersion(attributes, equivalents: equivalents, namespace: namespace)
        }
        guard let version = scopes.first.flatMap(found), scopes.dropFirst().allSatisfy({ found($0) != nil }),
            !excluded.contains(where: { found($0) != nil })
        else { return nil }
        return version
    }

    /// What does not hold of a write, of which `request` is the review's request.
    func failures(_ request: JSONView, namespace: JSONView?, parameters: JSONView?) -> [Failure] {
        var values = AdmissionExpression.values(request, namespace: namespace)
        values["params"] = parameters.map { CELValue($0) } ?? .null
        var budget = RulePrograms.budget
        func failed(_ error: CELError, _ expression: AdmissionExpression) -> [Failure] {
            ignoresFailure
                ? []
                : [Failure(message: "expression '\(expression.source)' resulted in error: \(error)", reason: "Invalid")]
        }
        for condition in conditions {
            do throws(CELError) {
                if try condition.evaluate(values, budget: &budget).bool != true { return [] }
            } catch { return failed(error, condition) }
        }
        var known: [String: CELValue] = [:]
        for variable in variables {
            values["variables"] = CELValue(members: known)
            // One that has no value is missed where it is used.
            let value = try? variable.evaluate(values, budget: &budget)
            if let value { known[variable.name] = value }
        }
        values["variables"] = CELValue(members: known)
        return validations.flatMap { validation -> [Failure] in
            do throws(CELError) {
                if try validation.expression.evaluate(values, budget: &budget).bool == true { return [] }
            } catch { return failed(error, validation.expression) }
            return [Failure(message: message(of: validation, values, budget: &budget), reason: validation.reason)]
        }
    }

    private func message(
        of validation: Validation, _ values: [String: CELValue], budget: inout Int
    ) -> String {
        if let expression = validation.messageExpression,
            let text = (try? expression.evaluate(values, budget: &budget))?.string.map({ trimmed($0) }),
            !text.isEmpty, !text.contains("\n")
        {
            return text
        }
        return validation.message.isEmpty
            ? "failed expression: \(trimmed(validation.expression.source))" : validation.message
    }
}

/// Where a policy finds the object that its expressions know as `params`.
struct PolicyParameters: Sendable, Equatable {
    var apiVersion: String
    var kind: String
    var name: String
    var namespace: String?
    /// Whether a write passes when the object is not there.
    var mayBeMissing: Bool

    /// Nil for a policy without parameters.
    init?(kind json: JSONView?, reference: JSONView?) {
        guard let json, let reference else { return nil }
        apiVersion = json["apiVersion"]?.string ?? ""
        kind = json["kind"]?.string ?? ""
        name = reference["name"]?.string ?? ""
        namespace = reference["namespace"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        mayBeMissing = reference["parameterNotFoundAction"]?.string == "Allow"
    }
}

extension AdmissionWebhook {
    /// Only the scope of a policy or binding: its rules and selectors. Without rules it is every resource.
    init(scope json: JSONView, rules field: String) {
        self.init(json)
        matchesEquivalent = json["matchPolicy"]?.string != "Exact"
        let given = json[field]?.elements.map { WebhookRule($0) } ?? []
        rules = given.isEmpty ? [.everything] : given
    }
}

extension CELValue {
    /// A map with names as keys.
    fileprivate init(members: [String: CELValue]) {
        self = .map(members.sorted { $0.key < $1.key }.map { Entry(key: .string($0.key), value: $0.value) })
    }
}
