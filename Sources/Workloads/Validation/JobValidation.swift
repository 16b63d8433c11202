import JSON
import KubernetesModel

/// Checks a job before it is stored: every problem at once, each with its field.
///
/// The job is as it will be stored: defaults are already in it.
package enum JobValidation {
    /// Replicas of one role. More would not get unique ports, and is a typing error more often than not.
    package static let maximumReplicas = 10_000

    /// Everything wrong with a new job, or with an update of `old`.
    package static func problems(of json: JSONView, old: JSONView? = nil, profile: FrameworkProfile) -> [FieldError] {
        // A job that is going away must stay editable, or its finalizers could never be removed.
        if let old, ObjectMeta(of: old).isDeleting { return [] }
        var problems: [FieldError] = []
        checkName(json, profile, &problems)
        checkAnnotations(json, &problems)
        guard let spec = problems.object("spec", of: json, at: .root) else {
            if json["spec"].map(\.isNull) ?? true { problems.append(.required(FieldPath("spec"))) }
            return problems
        }
        checkRunPolicy(spec, profile, &problems)
        problems += UnsupportedFields.problems(of: spec)
        ModelOutputValidation.check(spec, &problems)
        checkFields(spec, profile, &problems)
        checkReplicaSpecs(spec, profile, &problems)
        checkNetworkMode(json, profile, &problems)
        if let old { checkUpdate(from: old, to: json, profile, &problems) }
        return problems
    }

    /// What works but probably is not meant, each in at most 120 characters.
    package static func warnings(of json: JSONView, profile: FrameworkProfile) -> [String] {
        var warnings = UnsupportedFields.warnings(of: json)
        let path = FieldPath("spec", profile.replicaSpecsKey)
        guard let specs = json[path: "spec", profile.replicaSpecsKey] else { return [] }
        for member in specs.members {
            if member.value[path: "template", "spec", "restartPolicy"]?.string?.isEmpty == false {
                warnings.append(
                    "\(path.key(member.key)).template.spec.restartPolicy is ignored: the role's restartPolicy decides")
            }
        }
        let annotations = ObjectMeta(of: json).annotations
        if annotations[.gitSyncConfig]?.contains("\"http://") == true {
            warnings.append(
                "\(AnnotationKey.gitSyncConfig.name): http is not encrypted, anybody on the way can change the code")
        }
        return warnings
    }

    /// Children are called `<job>-<role>-<index>`; the longest of these names must fit a service and a host name.
    private static func checkName(_ json: JSONView, _ profile: FrameworkProfile, _ problems: inout [FieldError]) {
        let metadata = ObjectMeta(of: json)
        let path = FieldPath("metadata", "name")
        // The server appends five characters to a prefix.
        let name = metadata.name.isEmpty ? metadata.generateName + "xxxxx" : metadata.name
        if let problem = NameValidation.dns1035LabelProblem(name) {
            problems.append(.invalid(path, name, problem))
            return
        }
        let job = TrainingJob(json: json, profile: profile)
        let longest = job.replicas
            .map { ReplicaName.name(job: name, role: $0.role, index: max(0, min($0.count, maximumReplicas) - 1)) }
            .max { $0.utf8.count < $1.utf8.count }
        if let longest, let problem = NameValidation.dns1035LabelProblem(longest) {
            problems.append(.invalid(path, name, "its pods and services would have names like \(longest): \(problem)"))
        }
    }

    private static func checkAnnotations(_ json: JSONView, _ problems: inout [FieldError]) {
        problems += AnnotationValidation.problems(
            of: ObjectMeta(of: json).annotations, at: FieldPath("metadata", "annotations"))
    }

    /// Members of one framework alone, each by its schema, then together.
    private static func checkFields(_ spec: JSONView, _ profile: FrameworkProfile, _ problems: inout [FieldError]) {
        let path = FieldPath("spec")
        for field in profile.fields {
            problems += SchemaCheck.problems(of: spec[field.name], field.schema.json, at: path.child(field.name))
        }
        problems += profile.rules.compactMap { $0.problem(spec, path) }
    }

    private static func checkRunPolicy(_ whole: JSONView, _ profile: FrameworkProfile, _ problems: inout [FieldError]) {
        var spec = whole
        var path = FieldPath("spec")
        for key in profile.runPolicyPath.dropFirst() {
            guard let inner = problems.object(key, of: spec, at: path) else { return }
            spec = inner
            path = path.child(key)
        }
        if path != FieldPath("spec") { problems += UnsupportedFields.problems(of: spec, at: path) }
        if let text = problems.text("cleanPodPolicy", of: spec, at: path), CleanPodPolicy(parsing: text) == nil {
            problems.append(
                .notSupported(
                    path.child("cleanPodPolicy"), text, supported: CleanPodPolicy.allCases.map(\.rawValue)))
        }
        let int32 = Int(Int32.max)
        problems.integer("ttlSecondsAfterFinished", of: spec, at: path, in: 0...int32)
        problems.integer("activeDeadlineSeconds", of: spec, at: path, in: 1...int32)
        problems.integer("backoffLimit", of: spec, at: path, in: 0...int32)
        guard let policy = problems.object("schedulingPolicy", of: spec, at: path) else { return }
        let place = path.child("schedulingPolicy")
        problems.integer("minAvailable", of: policy, at: place, in: 1...int32)
        problems.integer("priority", of: policy, at: place, in: Int(Int32.min)...int32)
        if let name = problems.text("priorityClassName", of: policy, at: place), !name.isEmpty,
            let problem = NameValidation.dns1123SubdomainProblem(name)
        {
            problems.append(.invalid(place.child("priorityClassName"), name, problem))
        }
        _ = problems.text("queue", of: policy, at: place)
    }

    private static func checkReplicaSpecs(
        _ spec: JSONView, _ profile: FrameworkProfile, _ problems: inout [FieldError]
    ) {
        let path = FieldPath("spec", profile.replicaSpecsKey)
        guard let specs = problems.object(profile.replicaSpecsKey, of: spec, at: FieldPath("spec")) else {
            if spec[profile.replicaSpecsKey].map(\.isNull) ?? true {
                problems.append(.required(path, "pods by role: " + profile.roles.map(\.name).joined(separator: ", ")))
            }
            return
        }
        if specs.isEmpty, !profile.roles.contains(where: \.isRequired) {
            problems.append(.required(path, "pods by role: " + profile.roles.map(\.name).joined(separator: ", ")))
        }
        var total = 0
        var hasCounts = true
        for member in specs.members {
            guard let role = profile.role(member.key) else {
                problems.append(.notSupported(path, member.key, supported: profile.roles.map(\.name)))
                continue
            }
            let count = ReplicaValidation.check(member.value, role, profile, at: path.key(member.key), &problems)
            hasCounts = hasCounts && count != nil
            total += max(0, min(count ?? 0, maximumReplicas))
        }
        for role in profile.roles where role.isRequired && specs[role.name] == nil {
            problems.append(.required(path.key(role.name), "\(profile.resource.kind) needs a \(role.name)"))
        }
        let policy = profile.runPolicyPath.dropFirst() + ["schedulingPolicy", "minAvailable"]
        if hasCounts, let minimum = spec[path: Array(policy)]?.int, minimum > total {
            problems.append(
                .invalid(
                    policy.reduce(FieldPath("spec")) { $0.child($1) }, minimum,
                    "must be less than or equal to \(total), the job's replicas"))
        }
    }

    /// The controller leads services and variables to the nodes' network only when the job asks for it as a whole.
    private static func checkNetworkMode(
        _ json: JSONView, _ profile: FrameworkProfile, _ problems: inout [FieldError]
    ) {
        let key = AnnotationKey<String>.networkMode
        guard ObjectMeta(of: json).annotations[key] == nil,
            let specs = json[path: "spec", profile.replicaSpecsKey]
        else { return }
        for member in specs.members {
            guard let template = member.value["template"], ObjectMeta(of: template).annotations[key] != nil else {
                continue
            }
            let path = FieldPath("spec", profile.replicaSpecsKey).key(member.key)
            problems.append(
                .forbidden(
                    path.child("template", "metadata", "annotations").key(key.name),
                    "replicas of one job must share a network: set it in metadata.annotations of the job"))
        }
    }

    /// What running pods were made from cannot change under them. A job that was stored before this webhook was there
    /// has no defaults yet: getting them is no change.
    private static func checkUpdate(
        from old: JSONView, to new: JSONView, _ profile: FrameworkProfile, _ problems: inout [FieldError]
    ) {
        var stored = JSONValue(old)
        JobDefaults.apply(to: &stored, profile: profile)
        var changed = JSONValue(new)
        for role in profile.roles where role.isElastic {
            let count = ["spec", profile.replicaSpecsKey, role.name, "replicas"]
            if stored[path: count]?.int != nil, changed[path: count]?.int != nil {
                changed[path: count] = stored[path: count]
            }
        }
        let policy = profile.runPolicyPath.dropFirst() + ["schedulingPolicy"]
        let paths = [[profile.replicaSpecsKey], ["modelVersion"], Array(policy)] + profile.immutableFields.map { [$0] }
        for path in paths where stored[path: ["spec"] + path] ?? .null != changed[path: ["spec"] + path] ?? .null {
            problems.append(.forbidden(path.reduce(FieldPath("spec")) { $0.child($1) }, JobRules.immutable))
        }
        let before = ObjectMeta(of: old).annotations
        let after = ObjectMeta(of: new).annotations
        let path = FieldPath("metadata", "annotations")
        for key in [AnnotationKey.networkMode, .gitSyncConfig, .fileSync] where before[key] != after[key] {
            problems.append(
                .forbidden(path.key(key.name), "annotation is immutable: delete the job and create it anew"))
        }
    }
}
