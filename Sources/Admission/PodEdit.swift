import JSON
import KubernetesModel
import Workloads

/// A pod while it is being completed: what came in, what goes out, what was done.
struct PodEdit: Sendable {
    /// The pod as it came in.
    let pod: Pod
    let request: AdmissionRequest
    let configuration: AdmissionConfiguration
    /// The label or annotation that made the pod ours.
    let mark: String
    /// The pod as it goes out.
    var json: JSONValue
    /// What the pod is to get before it starts.
    var sync: SyncPlan?
    /// One line for people per change made.
    var changes: [String] = []
    var problems: [FieldError] = []
    /// What the user should know, each in at most 120 characters.
    var warnings: [String] = []

    init(pod: Pod, request: AdmissionRequest, configuration: AdmissionConfiguration, mark: String) {
        self.pod = pod
        self.request = request
        self.configuration = configuration
        self.mark = mark
        json = JSONValue(pod.json)
    }

    /// What the pod gets besides what it asks for; nil when it declines.
    var defaults: PodDefaults? {
        pod.metadata.annotations[.podDefaults] == PodDefaultsWish.disabled.rawValue ? nil : configuration.pods
    }

    /// A list of the pod's spec, empty when absent.
    subscript(list key: String) -> [JSONValue] {
        get { json[path: ["spec", key]]?.array ?? [] }
        set { json[path: ["spec", key]] = JSONValue(newValue) }
    }

    /// Whether the pod has an entry called `name` in a list of its spec.
    func has(_ name: String, in list: String) -> Bool {
        self[list: list].contains { $0["name"]?.string == name }
    }

    /// Writes down what `field` became, and why.
    mutating func record(_ field: String, _ what: String, because reason: String) {
        changes.append("\(field): \(what) (\(reason))")
    }

    /// Adds the changes to the annotation `kubedl.io/mutations`; lines that are there already are not repeated.
    mutating func recordChanges() {
        let earlier = (pod.metadata.annotations[.mutations] ?? "").split(separator: "\n").map(String.init)
        let added = changes.filter { !earlier.contains($0) }
        guard !added.isEmpty else { return }
        json.setAnnotation(.mutations, (earlier + added).joined(separator: "\n"))
    }
}
