import JSON
import KubernetesModel

/// The rules of ValidatingAdmissionPolicies. Source: pkg/apis/admissionregistration, KEP-3488.
struct AdmissionPolicyBehavior: ResourceBehavior {
    var countsGeneration: Bool { true }
    var table: TableLayout { .admissionPolicies }

    static func setMatchDefaults(_ match: inout JSONValue) {
        match.setDefaultText("matchPolicy", "Equivalent")
        match.setDefault("namespaceSelector", .object([]))
        match.setDefault("objectSelector", .object([]))
        for field in ["resourceRules", "excludeResourceRules"] {
            match.mapElements(field) { $0.setDefaultText("scope", "*") }
        }
    }

    func setDefaults(_ object: inout JSONValue) {
        object.mapObject("spec") { spec in
            spec.setDefaultText("failurePolicy", "Fail")
            spec.mapObject("matchConstraints") { Self.setMatchDefaults(&$0) }
        }
    }

    func validate(_ object: JSONValue) -> [FieldError] {
        let path = FieldPath("spec")
        let spec = object["spec"] ?? .object([])
        var errors: [FieldError] = []
        if spec[path: "matchConstraints", "resourceRules"]?.isEmpty ?? true {
            errors.append(.required(path.child("matchConstraints", "resourceRules")))
        }
        let validations = spec["validations"]?.elements ?? []
        if validations.isEmpty, spec["auditAnnotations"]?.isEmpty ?? true {
            errors.append(
                .required(
                    path.child("validations"), "validations or auditAnnotations must be non-empty; neither provided"))
        }
        for (index, validation) in validations.enumerated() {
            let at = path.child("validations").index(index)
            errors += AdmissionExpression.problems(of: validation["expression"], at: at.child("expression"))
            if let text = validation["messageExpression"], !text.isEmptyText {
                errors += AdmissionExpression.problems(of: text, at: at.child("messageExpression"))
            }
        }
        for field in ["variables", "matchConditions"] {
            for (index, entry) in (spec[field]?.elements ?? []).enumerated() {
                let at = path.child(field).index(index)
                if (entry["name"]?.string ?? "").isEmpty { errors.append(.required(at.child("name"))) }
                errors += AdmissionExpression.problems(of: entry["expression"], at: at.child("expression"))
            }
        }
        if let policy = spec["failurePolicy"]?.string, !["Fail", "Ignore"].contains(policy) {
            errors.append(.notSupported(path.child("failurePolicy"), policy, supported: ["Fail", "Ignore"]))
        }
        return errors
    }
}

/// The rules of ValidatingAdmissionPolicyBindings.
struct AdmissionPolicyBindingBehavior: ResourceBehavior {
    var countsGeneration: Bool { true }
    var table: TableLayout { .admissionPolicyBindings }

    func setDefaults(_ object: inout JSONValue) {
        object.mapObject("spec") { spec in
            spec.mapObject("matchResources") { AdmissionPolicyBehavior.setMatchDefaults(&$0) }
        }
    }

    func validate(_ object: JSONValue) -> [FieldError] {
        let path = FieldPath("spec")
        var errors: [FieldError] = []
        if (object[path: "spec", "policyName"]?.string ?? "").isEmpty {
            errors.append(.required(path.child("policyName")))
        }
        let actions = object[path: "spec", "validationActions"]?.strings ?? []
        if actions.isEmpty { errors.append(.required(path.child("validationActions"))) }
        for (index, action) in actions.enumerated() where !["Audit", "Deny", "Warn"].contains(action) {
            errors.append(
                .notSupported(
                    path.child("validationActions").index(index), action, supported: ["Audit", "Deny", "Warn"]))
        }
        if actions.contains("Deny"), actions.contains("Warn") {
            errors.append(
                .invalid(
                    path.child("validationActions"), json: JSONValue(actions),
                    "must not contain both Deny and Warn (repeating the same validation failure information in the API "
                        + "response and headers serves no purpose)"))
        }
        return errors
    }
}
