import JSON
import KubernetesModel

/// Deployments, replica sets, stateful sets, jobs: template defaults, validation and generation.
///
/// Source: pkg/apis/{apps,batch}/v1/defaults.go and validation.
struct WorkloadBehavior: ResourceBehavior {
    var table: TableLayout
    var countsGeneration: Bool { true }

    private static let selecting = ["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"]

    func normalize(_ object: inout JSONValue) {
        object.mapObject("spec") { spec in
            spec.mapObject("template") { template in template.mapObject("spec") { PodDefaults.normalize(spec: &$0) } }
        }
    }

    func setDefaults(_ object: inout JSONValue) {
        let kind = object["kind"]?.string ?? ""
        let uid = object[path: "metadata", "uid"]?.string ?? ""
        let name = object.metadataName
        object.mapObject("spec") { spec in
            Self.setDefaults(&spec, kind)
            if kind == "Job" { Self.setJobDefaults(&spec, uid: uid, name: name) }
            spec.mapObject("template") { template in
                template.mapObject("spec") { PodDefaults.apply(toSpec: &$0) }
            }
        }
    }

    private static func setDefaults(_ spec: inout JSONValue, _ kind: String) {
        if ["Deployment", "ReplicaSet", "StatefulSet"].contains(kind) { spec.setDefault("replicas", 1) }
        if ["DaemonSet", "Deployment", "StatefulSet"].contains(kind) { spec.setDefault("revisionHistoryLimit", 10) }
        switch kind {
        case "Deployment":
            spec.setDefault("progressDeadlineSeconds", 600)
            setUpdateDefaults(&spec, "strategy", [("maxUnavailable", "25%"), ("maxSurge", "25%")])
        case "StatefulSet":
            spec.setDefaultText("podManagementPolicy", "OrderedReady")
            setUpdateDefaults(&spec, "updateStrategy", [("partition", 0)])
        case "DaemonSet": setUpdateDefaults(&spec, "updateStrategy", [("maxUnavailable", 1), ("maxSurge", 0)])
        default: break
        }
    }

    private static func setUpdateDefaults(
        _ spec: inout JSONValue, _ field: String, _ values: [(String, JSONValue)]
    ) {
        spec.setDefault(field, .object([]))
        spec.mapObject(field) { strategy in
            strategy.setDefaultText("type", "RollingUpdate")
            guard strategy["type"]?.string == "RollingUpdate" else { return }
            strategy.setDefault("rollingUpdate", .object([]))
            strategy.mapObject("rollingUpdate") { update in
                for (name, value) in values { update.setDefault(name, value) }
            }
        }
    }

    private static func setJobDefaults(_ spec: inout JSONValue, uid: String, name: String) {
        if spec["completions"] == nil, spec["parallelism"] == nil { spec["completions"] = 1 }
        spec.setDefault("parallelism", 1)
        spec.setDefault("backoffLimit", 6)
        spec.setDefaultText("completionMode", "NonIndexed")
        spec.setDefault("suspend", false)
        spec.setDefaultText("podReplacementPolicy", "TerminatingOrFailed")
        guard !uid.isEmpty, spec["manualSelector"]?.bool != true else { return }
        spec.setDefault("selector", ["matchLabels": ["batch.kubernetes.io/controller-uid": JSONValue(uid)]])
        for (label, value) in [
            ("batch.kubernetes.io/controller-uid", uid), ("batch.kubernetes.io/job-name", name),
            ("controller-uid", uid), ("job-name", name),
        ] where spec[path: "template", "metadata", "labels", label] == nil {
            spec[path: ["template", "metadata", "labels", label]] = JSONValue(value)
        }
    }

    func prepareForCreate(_ object: inout JSONValue) { object["status"] = .object([]) }

    func validate(_ object: JSONValue) -> [FieldError] {
        let kind = object["kind"]?.string ?? ""
        let path = FieldPath("spec")
        let spec = object["spec"] ?? .object([])
        var errors: [FieldError] = []
        for field in ["replicas", "parallelism", "completions", "backoffLimit", "minReadySeconds"] {
            guard let number = spec[field]?.int, number < 0 else { continue }
            errors.append(.invalid(path.child(field), number, "must be greater than or equal to 0"))
        }
        if Self.selecting.contains(kind) { errors += selectorProblems(spec, path) }
        if kind == "Deployment", spec[path: "strategy", "type"]?.string == "Recreate",
            spec[path: "strategy", "rollingUpdate"] != nil
        {
            errors.append(
                .forbidden(
                    path.child("strategy", "rollingUpdate"),
                    "may not be specified when strategy `type` is 'Recreate'"))
        }
        guard let template = spec[path: "template", "spec"] else { return errors }
        let at = path.child("template", "spec")
        errors += PodValidation.validate(spec: template, at: at)
        let policy = template["restartPolicy"]?.string ?? ""
        let policies = kind == "Job" ? ["OnFailure", "Never"] : ["Always"]
        if kind == "Job" || Self.selecting.contains(kind), !policies.contains(policy) {
            errors.append(.notSupported(at.child("restartPolicy"), policy, supported: policies))
        }
        return errors
    }

    private func selectorProblems(_ spec: JSONValue, _ path: FieldPath) -> [FieldError] {
        guard let selector = spec["selector"], !selector.isNull else { return [.required(path.child("selector"))] }
        guard let view = try? selector.document().root, let read = try? LabelSelector(json: view) else {
            return [.invalid(path.child("selector"), json: selector, "invalid label selector")]
        }
        if selector.members?.allSatisfy({ $0.value.isEmptyValue }) ?? true {
            return [.invalid(path.child("selector"), json: selector, "empty selector is invalid for deployment")]
        }
        let labels = spec[path: "template", "metadata", "labels"] ?? .object([])
        guard let given = try? labels.document().root, !read.matches(StringMap(json: given)) else { return [] }
        return [
            .invalid(
                path.child("template", "metadata", "labels"), json: labels,
                "`selector` does not match template `labels`")
        ]
    }

    func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError] {
        var errors = validate(object)
        let kind = object["kind"]?.string ?? ""
        if Self.selecting.contains(kind) || kind == "Job", let before = old[path: "spec", "selector"],
            object[path: "spec", "selector"] != before
        {
            errors.append(
                .immutable(FieldPath("spec", "selector"), object[path: "spec", "selector"] ?? .null))
        }
        return errors
    }
}
