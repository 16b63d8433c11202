import JSON
import KubernetesModel

/// Deployments, replica sets, stateful sets, jobs: template defaults, validation and generation.
///
/// Source: pkg/apis/{apps,batch}/v1/defaults.go and validation.
struct WorkloadBehavior: ResourceBehavior {
    var table: TableLayout
    var countsGeneration: Bool { true }

    private static let selecting = ["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"]
    private static let counts = [
        "replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds", "parallelism", "completions",
        "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished",
    ]

    func normalize(_ object: inout JSONValue) {
        object.mapObject("spec") { spec in
            spec.mapObject("template") { template in template.mapObject("spec") { PodDefaults.normalize(spec: &$0) } }
        }
    }

    func setDefaults(_ object: inout JSONValue) {
        let kind = object["kind"]?.string ?? ""
        let uid = object[path: "metadata", "uid"]?.string ?? ""
        let name = object.metadataName
        var templateLabels: JSONValue?
        object.mapObject("spec") { spec in
            Self.setDefaults(&spec, kind)
            templateLabels = spec[path: "template", "metadata", "labels"]
            if kind == "Job" { Self.setJobDefaults(&spec, uid: uid, name: name) }
            spec.mapObject("template") { template in
                template.mapObject("spec") { PodDefaults.apply(toSpec: &$0) }
            }
        }
        if kind == "Job", let templateLabels, object[path: "metadata", "labels"]?.isEmpty ?? true {
            object[path: "metadata", "labels"] = templateLabels
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
        spec.setDefault("backoffLimit", spec["backoffLimitPerIndex"] == nil ? 6 : JSONValue(Int(Int32.max)))
        spec.setDefaultText("completionMode", "NonIndexed")
        spec.setDefault("suspend", false)
        spec.setDefaultText(
            "podReplacementPolicy", spec["podFailurePolicy"] == nil ? "TerminatingOrFailed" : "Failed")
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
        for field in Self.counts {
            guard let number = spec[field]?.int, number < 0 else { continue }
            errors.append(.invalid(path.child(field), number, "must be greater than or equal to 0"))
        }
        if Self.selecting.contains(kind) { errors += selectorProblems(spec, path) }
        if kind == "Deployment" { errors += strategyProblems(spec, path) }
        if kind == "Job", spec["completionMode"]?.string == "Indexed", spec["completions"] == nil {
            errors.append(.required(path.child("completions"), "when completion mode is Indexed"))
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

    private func strategyProblems(_ spec: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let update = spec[path: "strategy", "rollingUpdate"]
        let at = path.child("strategy", "rollingUpdate")
        if spec[path: "strategy", "type"]?.string == "Recreate", update != nil {
            errors.append(.forbidden(at, "may not be specified when strategy `type` is 'Recreate'"))
        }
        func isNothing(_ value: JSONValue?) -> Bool { value?.int == 0 || value?.string == "0%" }
        if isNothing(update?["maxSurge"]), let least = update?["maxUnavailable"], isNothing(least) {
            errors.append(
                .invalid(at.child("maxUnavailable"), json: least, "may not be 0 when `maxSurge` is 0"))
        }
        if let deadline = spec["progressDeadlineSeconds"]?.int, deadline <= spec["minReadySeconds"]?.int ?? 0 {
            errors.append(
                .invalid(path.child("progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds"))
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
        var fixed = Self.selecting.contains(kind) ? ["selector"] : []
        if kind == "Job" { fixed = fixedFields(ofJob: object, old) }
        for field in fixed where object[path: "spec", field] != old[path: "spec", field] {
            errors.append(.immutable(FieldPath("spec", field), object[path: "spec", field] ?? .null))
        }
        return errors
    }

    /// Source: pkg/apis/batch/validation, `validateJobSpecUpdate`.
    private func fixedFields(ofJob object: JSONValue, _ old: JSONValue) -> [String] {
        var fixed = ["selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy"]
        let isIndexed = object[path: "spec", "completionMode"]?.string == "Indexed"
        let completions = object[path: "spec", "completions"]
        if !isIndexed || completions != object[path: "spec", "parallelism"] { fixed.append("completions") }
        // A suspended Job may still be told where its pods go.
        if old[path: "spec", "suspend"]?.bool != true { fixed.append("template") }
        return fixed
    }
}
