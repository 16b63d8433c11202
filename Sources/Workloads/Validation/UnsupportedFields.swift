import JSON
import KubernetesModel

/// Fields and annotations of KubeDL that a job may carry but that this version does not carry out.
///
/// They are in the schema, so that nothing a user wrote is dropped without a word. One rule decides what is said: what
/// would change the work that is done is refused; what only changes where, when or how well it is done is accepted with
/// a warning. Null counts as absent, because KubeDL's own clients send it.
enum UnsupportedFields {
    /// One field below `spec`, or the model's storage.
    struct Field: Sendable {
        var path: [String]
        var detail: String

        func isGiven(in spec: JSONView) -> Bool {
            var value = spec
            for key in path {
                guard let next = value[key] else { return false }
                value = next
            }
            return !value.isNull
        }
    }

    /// What would change the work itself.
    static let refused = [
        Field(
            path: ["cronPolicy"],
            detail: "periodic runs are not implemented in this version: remove it and create the job from a CronJob"),
        Field(
            path: ["cacheBackend"],
            detail: "data set caches are not implemented in this version: remove it and mount the data in the template"),
        Field(
            path: ["modelVersion", "storage", "AWSEfs"],
            detail: "not implemented in this version: an EFS file system can be given as nfs"),
    ]

    /// What only changes where, when or how well the work is done.
    static let ignored = [
        Field(path: ["schedulingPolicy", "priority"], detail: "has no effect yet: use priorityClassName"),
        Field(path: ["webHost"], detail: "has no effect yet: make an Ingress to the WebService's service"),
        Field(path: ["launcherOnMaster"], detail: "has no effect: place the launcher with its template"),
        Field(path: ["schedulingPolicy", "queue"], detail: "has no effect yet: jobs do not wait in queues"),
    ]

    /// Annotations of the same kind, with the only value that asks for something; nil for any.
    private static let ignoredAnnotations: [(key: String, value: String?)] = [
        ("kubedl.io/enable-elastic-training", "true"), ("pai.ai/enable-error-monitoring", "true"),
        ("kubedl.io/tensorboard-config", nil),
    ]

    /// A problem for each refused field that is given.
    static func problems(of spec: JSONView, at path: FieldPath = FieldPath("spec")) -> [FieldError] {
        refused.filter { $0.isGiven(in: spec) }.map { .forbidden(place($0, at: path), $0.detail) }
    }

    /// A line for each field and annotation that is given and has no effect, each in at most 120 characters.
    static func warnings(of job: JSONView) -> [String] {
        let fields = [FieldPath("spec"), FieldPath("spec", "runPolicy")].flatMap { path in
            let object = path == FieldPath("spec") ? job["spec"] : job[path: "spec", "runPolicy"]
            return ignored.filter { field in object.map { field.isGiven(in: $0) } ?? false }.map { (path, $0) }
        }
        let annotations = ObjectMeta(of: job).annotations
        let keys = ignoredAnnotations.filter { entry in
            annotations[entry.key].map { entry.value == nil || $0 == entry.value } ?? false
        }
        return fields.map { "\(place($0.1, at: $0.0)) \($0.1.detail)" }
            + keys.map { "metadata.annotations[\($0.key)] has no effect in this version" }
    }

    private static func place(_ field: Field, at path: FieldPath) -> FieldPath {
        field.path.reduce(path) { $0.child($1) }
    }
}
