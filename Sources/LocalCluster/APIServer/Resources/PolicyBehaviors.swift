import JSON
import KubernetesModel

/// Leases. Source: pkg/apis/coordination/validation.
struct LeaseBehavior: ResourceBehavior {
    var table: TableLayout { .leases }

    func normalize(_ object: inout JSONValue) {
        object.mapObject("spec") { spec in
            for field in ["acquireTime", "renewTime"] {
                guard let time = spec[field]?.string.flatMap({ Timestamp($0) }) else { continue }
                spec[field] = JSONValue(time.rfc3339(fractionDigits: 6))
            }
        }
    }

    func validate(_ object: JSONValue) -> [FieldError] {
        var errors: [FieldError] = []
        if let seconds = object[path: "spec", "leaseDurationSeconds"]?.int, seconds <= 0 {
            errors.append(.invalid(FieldPath("spec", "leaseDurationSeconds"), seconds, "must be greater than 0"))
        }
        if let count = object[path: "spec", "leaseTransitions"]?.int, count < 0 {
            errors.append(
                .invalid(FieldPath("spec", "leaseTransitions"), count, "must be greater than or equal to 0"))
        }
        return errors
    }
}

/// Priority classes. Source: pkg/apis/scheduling/validation.
struct PriorityClassBehavior: ResourceBehavior {
    var table: TableLayout { .priorityClasses }
    var countsGeneration: Bool { true }

    private static let highestOfUsers = 1_000_000_000
    private static let own = ["system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000]

    func setDefaults(_ object: inout JSONValue) {
        object.setDefaultText("preemptionPolicy", "PreemptLowerPriority")
        object.setDefault("value", 0)
    }

    func validate(_ object: JSONValue) -> [FieldError] {
        let name = object.metadataName
        let value = object["value"]?.int ?? 0
        if let known = Self.own[name], known == value { return [] }
        var errors: [FieldError] = []
        if name.hasPrefix("system-") {
            errors.append(
                .forbidden(
                    FieldPath("metadata", "name"),
                    "priority class names with 'system-' prefix are reserved for system use only"))
        }
        if value > Self.highestOfUsers {
            errors.append(
                .forbidden(
                    FieldPath("value"), "maximum allowed value of a user defined priority is \(Self.highestOfUsers)"))
        }
        return errors
    }

    func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError] {
        ["value", "preemptionPolicy"].filter { object[$0] != old[$0] }.map {
            .forbidden(FieldPath($0), "may not be changed in an update.")
        }
    }
}

/// Disruption budgets. Source: pkg/apis/policy/validation.
struct DisruptionBudgetBehavior: ResourceBehavior {
    var countsGeneration: Bool { true }
    var table: TableLayout { .disruptionBudgets }

    func validate(_ object: JSONValue) -> [FieldError] {
        guard object[path: "spec", "minAvailable"] != nil, object[path: "spec", "maxUnavailable"] != nil else {
            return []
        }
        return [
            .invalid(
                FieldPath("spec"), json: object["spec"] ?? .null,
                "minAvailable and maxUnavailable cannot be both set")
        ]
    }
}

/// Roles and bindings. Source: pkg/apis/rbac/validation.
struct AccessBehavior: ResourceBehavior {
    var table: TableLayout

    func nameProblem(_ name: String) -> String? { StoredOnly(hasPathSegmentNames: true).nameProblem(name) }

    func setDefaults(_ object: inout JSONValue) {
        object.mapObject("roleRef") { $0.setDefaultText("apiGroup", "rbac.authorization.k8s.io") }
        object.mapElements("subjects") { subject in
            guard subject["kind"]?.string != "ServiceAccount" else { return }
            subject.setDefaultText("apiGroup", "rbac.authorization.k8s.io")
        }
    }

    func validate(_ object: JSONValue) -> [FieldError] {
        var errors: [FieldError] = []
        for (index, rule) in (object["rules"]?.elements ?? []).enumerated() {
            let path = FieldPath("rules").index(index)
            if rule["verbs"]?.isEmpty ?? true {
                errors.append(.required(path.child("verbs"), "verbs must contain at least one value"))
            }
            guard rule["nonResourceURLs"]?.isEmpty ?? true else { continue }
            if rule["apiGroups"]?.isEmpty ?? true {
                errors.append(
                    .required(path.child("apiGroups"), "resource rules must supply at least one api group"))
            }
            if rule["resources"]?.isEmpty ?? true {
                errors.append(.required(path.child("resources"), "resource rules must supply at least one resource"))
            }
        }
        guard object["kind"]?.string?.hasSuffix("Binding") == true else { return errors }
        let role = object[path: "roleRef", "kind"]?.string ?? ""
        if !["ClusterRole", "Role"].contains(role) {
            errors.append(
                .notSupported(FieldPath("roleRef", "kind"), role, supported: ["Role", "ClusterRole"]))
        }
        if (object[path: "roleRef", "name"]?.string ?? "").isEmpty {
            errors.append(.required(FieldPath("roleRef", "name")))
        }
        return errors
    }

    func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError] {
        var errors = validate(object)
        if let before = old["roleRef"], object["roleRef"] != before {
            errors.append(.invalid(FieldPath("roleRef"), json: object["roleRef"] ?? .null, "cannot change roleRef"))
        }
        return errors
    }
}
