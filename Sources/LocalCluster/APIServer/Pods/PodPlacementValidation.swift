import JSON
import KubernetesModel

/// What is wrong with the parts of a pod's spec that choose its node.
///
/// Source: pkg/apis/core/validation, ValidateTolerations and ValidateNodeSelectorRequirement.
enum PodPlacementValidation {
    static func validate(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        errors.checkLabels(spec["nodeSelector"], at: path.child("nodeSelector"))
        for (toleration, at) in spec.elements("tolerations", at: path) {
            errors += validate(toleration: toleration, at: at)
        }
        guard let affinity = spec[path: "affinity", "nodeAffinity"] else { return errors }
        let at = path.child("affinity", "nodeAffinity")
        let required = "requiredDuringSchedulingIgnoredDuringExecution"
        for (term, at) in (affinity[required] ?? [:]).elements("nodeSelectorTerms", at: at.child(required)) {
            errors += validate(term: term, at: at)
        }
        for (choice, at) in affinity.elements("preferredDuringSchedulingIgnoredDuringExecution", at: at) {
            errors += validate(term: choice["preference"] ?? [:], at: at.child("preference"))
        }
        return errors
    }

    private static func validate(toleration: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let key = toleration["key"]?.string ?? ""
        let operation = toleration["operator"]?.string ?? ""
        errors.check(key, at: path.child("key"), NameValidation.qualifiedNameProblem)
        if key.isEmpty, operation != "Exists" {
            errors.append(
                .invalid(
                    path.child("operator"), operation,
                    "operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
        }
        if operation == "Exists", !(toleration["value"]?.string ?? "").isEmpty {
            errors.append(
                .invalid(path.child("operator"), operation, "value must be empty when `operator` is 'Exists'"))
        }
        if !["", "Equal", "Exists", "Gt", "Lt"].contains(operation) {
            errors.append(.notSupported(path.child("operator"), operation, supported: ["Equal", "Exists"]))
        }
        if toleration["effect"]?.string?.isEmpty == false {
            errors.check(toleration, "effect", at: path, isOneOf: ["NoSchedule", "PreferNoSchedule", "NoExecute"])
        }
        return errors
    }

    private static func validate(term: JSONValue, at path: FieldPath) -> [FieldError] {
        let operators = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]
        return term.elements("matchExpressions", at: path).compactMap { expression, at in
            let operation = expression["operator"]?.string ?? ""
            guard !operators.contains(operation) else { return nil }
            return .invalid(at.child("operator"), operation, "not a valid selector operator")
        }
    }
}
