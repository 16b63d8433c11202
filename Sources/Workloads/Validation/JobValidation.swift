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
        checkRunPolicy(spec, &problems)
        problems += UnsupportedFields.problems(of: spec)
        checkModelVersion(spec, &problems)
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

    private static func checkRunPolicy(_ spec: JSONView, _ problems: inout [FieldError]) {
        let path = FieldPath("spec")
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

    private static func checkModelVersion(_ spec: JSONView, _ problems: inout [FieldError]) {
        guard let version = problems.object("modelVersion", of: spec, at: FieldPath("spec")) else { return }
        let path = FieldPath("spec", "modelVersion")
        if let name = problems.text("modelName", of: version, at: path) {
            if let problem = NameValidation.dns1123SubdomainProblem(name) {
                problems.append(.invalid(path.child("modelName"), name, problem))
            }
        } else if version["modelName"] == nil {
            problems.append(.required(path.child("modelName"), "the model that this is a version of"))
        }
        guard let storage = problems.object("storage", of: version, at: path) else {
            if version["storage"].map(\.isNull) ?? true {
                problems.append(.required(path.child("storage"), "localStorage or nfs"))
            }
            return
        }
        checkStorage(storage, at: path.child("storage"), &problems)
    }

    private static func checkStorage(_ storage: JSONView, at path: FieldPath, _ problems: inout [FieldError]) {
        let local = problems.object("localStorage", of: storage, at: path)
        let nfs = problems.object("nfs", of: storage, at: path)
        if local != nil, nfs != nil {
            problems.append(.forbidden(path.child("nfs"), "may not be given together with localStorage"))
        } else if local == nil, nfs == nil, ["localStorage", "nfs", "AWSEfs"].allSatisfy({ storage[$0] == nil }) {
            problems.append(.required(path, "localStorage or nfs"))
        }
        for (name, object) in [("localStorage", local), ("nfs", nfs)] {
            guard let object else { continue }
            for key in ["path", "mountPath"] {
                let text = problems.text(key, of: object, at: path.child(name)) ?? ""
                if text.isEmpty {
                    problems.append(.required(path.child(name, key)))
                } else if !ModelOutput.isAbsolutePath(text) {
                    problems.append(.invalid(path.child(name, key), text, "must be an absolute path without '..'"))
                }
            }
        }
        if let nfs, (problems.text("server", of: nfs, at: path.child("nfs")) ?? "").isEmpty {
            problems.append(.required(path.child("nfs", "server")))
        }
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
        if hasCounts, let minimum = spec[path: "schedulingPolicy", "minAvailable"]?.int, minimum > total {
            problems.append(
                .invalid(
                    FieldPath("spec", "schedulingPolicy", "minAvailable"), minimum,
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
        for key in [profile.replicaSpecsKey, "modelVersion", "schedulingPolicy"]
        where stored[path: ["spec", key]] ?? .null != value(new[path: "spec", key]) {
            problems.append(.forbidden(FieldPath("spec", key), "field is immutable: delete the job and create it anew"))
        }
        let before = ObjectMeta(of: old).annotations
        let after = ObjectMeta(of: new).annotations
        let path = FieldPath("metadata", "annotations")
        for key in [AnnotationKey.networkMode, .gitSyncConfig, .fileSync] where before[key] != after[key] {
            problems.append(
                .forbidden(path.key(key.name), "annotation is immutable: delete the job and create it anew"))
        }
    }

    private static func value(_ view: JSONView?) -> JSONValue { view.map { JSONValue($0) } ?? .null }
}
