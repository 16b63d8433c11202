import JSON
import KubernetesModel

/// What is wrong with the parts of a pod's spec that choose its node.
///
/// Source: pkg/apis/core/validation, ValidateTolerations and ValidateNodeSelectorRequirement.
enum PodPlacementValidation {
    static func validate(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (key, value) in spec["nodeSelector"]?.members ?? [] {
            if let problem = NameValidation.qualifiedNameProblem(key) {
                errors.append(.invalid(path.child("nodeSelector"), key, problem))
            }
            if let problem = NameValidation.labelValueProblem(value.string ?? "") {
                errors.append(.invalid(path.child("nodeSelector"), value.string ?? "", problem))
            }
        }
        for (index, toleration) in (spec["tolerations"]?.elements ?? []).enumerated() {
            errors += validate(toleration: toleration, at: path.child("tolerations").index(index))
        }
        let affinity = path.child("affinity", "nodeAffinity")
        let required = "requiredDuringSchedulingIgnoredDuringExecution"
        let preferred = "preferredDuringSchedulingIgnoredDuringExecution"
        let terms = spec[path: "affinity", "nodeAffinity", required, "nodeSelectorTerms"]?.elements ?? []
        for (index, term) in terms.enumerated() {
            errors += validate(term: term, at: affinity.child(required, "nodeSelectorTerms").index(index))
        }
        for (index, choice) in (spec[path: "affinity", "nodeAffinity", preferred]?.elements ?? []).enumerated() {
            let at = affinity.child(preferred).index(index)
            errors += validate(term: choice["preference"] ?? [:], at: at.child("preference"))
        }
        return errors
    }

    private static func validate(toleration: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let key = toleration["key"]?.string ?? ""
        let operation = toleration["operator"]?.string ?? ""
        if !key.isEmpty, let problem = NameValidation.qualifiedNameProblem(key) {
            errors.append(.invalid(path.child("key"), key, problem))
        }
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
        let effect = toleration["effect"]?.string ?? ""
        let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]
        if !effect.isEmpty, !effects.contains(effect) {
            errors.append(.notSupported(path.child("effect"), effect, supported: effects))
        }
        return errors
    }

    private static func validate(term: JSONValue, at path: FieldPath) -> [FieldError] {
        let operators = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]
        return (term["matchExpressions"]?.elements ?? []).enumerated().compactMap { index, expression in
            let operation = expression["operator"]?.string ?? ""
            guard !operators.contains(operation) else { return nil }
            return .invalid(
                path.child("matchExpressions").index(index).child("operator"), operation,
                "not a valid selector operator")
        }
    }
}
