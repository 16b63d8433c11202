import JSON
import KubernetesModel

/// The rules of Mutating- and ValidatingWebhookConfigurations. Source: pkg/apis/admissionregistration.
struct WebhookConfigurationBehavior: ResourceBehavior {
    var isMutating: Bool

    var countsGeneration: Bool { true }
    var table: TableLayout { TableLayout(.name, .count("Webhooks", ["webhooks"]), .age) }

    func setDefaults(_ object: inout JSONValue) {
        object.mapElements("webhooks") { webhook in
            webhook.setDefaultText("failurePolicy", "Fail")
            webhook.setDefaultText("matchPolicy", "Equivalent")
            webhook.setDefault("namespaceSelector", .object([]))
            webhook.setDefault("objectSelector", .object([]))
            webhook.setDefault("timeoutSeconds", 10)
            if isMutating { webhook.setDefaultText("reinvocationPolicy", "Never") }
            webhook.mapElements("rules") { $0.setDefaultText("scope", "*") }
            webhook.mapObject("clientConfig") { client in
                client.mapObject("service") { $0.setDefault("port", 443) }
            }
        }
    }

    func validate(_ object: JSONValue) -> [FieldError] {
        var errors: [FieldError] = []
        var names = Set<String>()
        for (index, webhook) in (object["webhooks"]?.elements ?? []).enumerated() {
            let path = FieldPath("webhooks").index(index)
            let name = webhook["name"]?.string ?? ""
            if name.split(separator: ".").count < 3 || !NameValidation.isDNS1123Subdomain(name) {
                errors.append(
                    .invalid(
                        path.child("name"), name, "should be a domain with at least three segments separated by dots"))
            } else if !names.insert(name).inserted {
                errors.append(.duplicate(path.child("name"), name))
            }
            errors += validateChoices(webhook, path)
            for (number, rule) in (webhook["rules"]?.elements ?? []).enumerated() {
                errors += validateRule(rule, path.child("rules").index(number))
            }
            errors += validateClient(webhook["clientConfig"] ?? .object([]), path.child("clientConfig"))
            for (number, condition) in (webhook["matchConditions"]?.elements ?? []).enumerated() {
                errors += validateCondition(condition, path.child("matchConditions").index(number))
            }
        }
        return errors
    }

    private func validateChoices(_ webhook: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let sideEffects = webhook["sideEffects"]?.string ?? ""
        if sideEffects.isEmpty {
            errors.append(.required(path.child("sideEffects"), "must specify one of None, NoneOnDryRun"))
        } else if !["None", "NoneOnDryRun"].contains(sideEffects) {
            errors.append(.notSupported(path.child("sideEffects"), sideEffects, supported: ["None", "NoneOnDryRun"]))
        }
        let versions = webhook["admissionReviewVersions"]?.strings ?? []
        if versions.isEmpty {
            errors.append(.required(path.child("admissionReviewVersions"), "must specify one of v1, v1beta1"))
        } else if !versions.contains("v1") {
            errors.append(
                .invalid(
                    path.child("admissionReviewVersions"), json: JSONValue(versions),
                    "must include at least one of v1"))
        }
        if let seconds = webhook["timeoutSeconds"]?.int, !(1...30).contains(seconds) {
            errors.append(
                .invalid(path.child("timeoutSeconds"), seconds, "the timeout value must be between 1 and 30 seconds"))
        }
        for (field, supported) in [("failurePolicy", ["Fail", "Ignore"]), ("matchPolicy", ["Equivalent", "Exact"])] {
            if let value = webhook[field]?.string, !supported.contains(value) {
                errors.append(.notSupported(path.child(field), value, supported: supported))
            }
        }
        return errors
    }

    private func validateRule(_ rule: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let words = ["apiGroups": "API groups", "apiVersions": "API versions", "operations": "operations"]
        for field in ["operations", "apiGroups", "apiVersions", "resources"] {
            let values = rule[field]?.strings ?? []
            if values.isEmpty { errors.append(.required(path.child(field))) }
            guard let word = words[field], values.count > 1, values.contains("*") else { continue }
            errors.append(
                .invalid(
                    path.child(field), json: JSONValue(values), "if '*' is present, must not specify other \(word)"))
        }
        let operations = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"]
        for (index, operation) in (rule["operations"]?.strings ?? []).enumerated() where !operations.contains(operation)
        {
            errors.append(.notSupported(path.child("operations").index(index), operation, supported: operations))
        }
        return errors
    }

    private func validateClient(_ client: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let (url, service) = (client["url"], client["service"])
        if (url == nil) == (service == nil) {
            errors.append(.required(path, "exactly one of url or service is required"))
        }
        if let url = url?.string, !url.hasPrefix("https://") {
            errors.append(.invalid(path.child("url"), url, "'https' is the only allowed URL scheme"))
        }
        if let service {
            for field in ["name", "namespace"] where (service[field]?.string ?? "").isEmpty {
                errors.append(.required(path.child("service", field), "service \(field) is required"))
            }
        }
        if let bundle = client["caBundle"]?.string, !bundle.isEmpty, Base64Text.decode(bundle) == nil {
            errors.append(.invalid(path.child("caBundle"), String(bundle.prefix(32)), "must be base64"))
        }
        return errors
    }

    private func validateCondition(_ condition: JSONValue, _ path: FieldPath) -> [FieldError] {
        let name = condition["name"]?.string ?? ""
        if name.isEmpty { return [.required(path.child("name"))] }
        if let problem = NameValidation.qualifiedNameProblem(name) {
            return [.invalid(path.child("name"), name, problem)]
        }
        return AdmissionExpression.problems(of: condition["expression"], at: path.child("expression"))
    }
}
