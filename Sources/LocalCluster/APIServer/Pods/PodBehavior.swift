import JSON
import KubernetesModel

/// The rules of pods. Source: pkg/registry/core/pod/strategy.go, pkg/apis/core/validation.
struct PodBehavior: ResourceBehavior {
    var countsGeneration: Bool { true }
    var table: TableLayout { .pods }
    var selectableFields: [String] {
        [
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
            "status.phase", "status.podIP", "status.nominatedNodeName",
        ]
    }

    func normalize(_ object: inout JSONValue) { object.mapObject("spec") { PodDefaults.normalize(spec: &$0) } }

    func setDefaults(_ object: inout JSONValue) { PodDefaults.apply(toPod: &object) }

    func prepareForCreate(_ object: inout JSONValue) { object["status"] = PodStatusRules.initial(for: object) }

    func validate(_ object: JSONValue) -> [FieldError] { PodValidation.validate(spec: object["spec"] ?? .object([])) }

    func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError] {
        PodValidation.validateUpdate(object["spec"] ?? .object([]), from: old["spec"] ?? .object([]))
    }
}
