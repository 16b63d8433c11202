import JSON
import KubernetesModel
import Workloads

/// Completes any pod that carries our annotations or labels, whoever made it.
enum PodAdmission {
    /// In the order in which they are applied.
    private static let mutators: [@Sendable (inout PodEdit) -> Void] = [
        HostNetwork.mutate, FileSync.mutate, GangGate.mutate,
    ]

    static func admit(
        _ object: JSONView, _ request: AdmissionRequest, _ configuration: AdmissionConfiguration
    ) -> AdmissionDecision {
        let pod = Pod(json: object)
        let annotations = pod.metadata.annotations
        let isOurs =
            annotations[.networkMode] != nil || annotations[.gitSyncConfig] != nil || annotations[.fileSync] != nil
            || pod.metadata.labels[.gangName] != nil
        // A mirror pod only shows what a kubelet runs from a file; changing it changes nothing there.
        guard isOurs, annotations["kubernetes.io/config.mirror"] == nil else { return .allow }

        var edit = PodEdit(pod: pod, request: request, configuration: configuration)
        let path = FieldPath("metadata", "annotations")
        edit.sync = SyncPlan(annotations: annotations, at: path, problems: &edit.problems)
        edit.problems += AnnotationValidation.plainProblems(of: annotations, at: path)
        if edit.problems.isEmpty {
            for mutate in mutators { mutate(&edit) }
        }
        guard edit.problems.isEmpty else {
            let metadata = pod.metadata
            let name = metadata.name.isEmpty ? metadata.generateName : metadata.name
            return .refuse(.pods, name: request.name ?? name, edit.problems)
        }
        edit.recordChanges()
        return .change(from: JSONValue(object), to: edit.json)
    }
}

/// A pod while it is being completed: what came in, what goes out, what was done.
struct PodEdit: Sendable {
    /// The pod as it came in.
    let pod: Pod
    let request: AdmissionRequest
    let configuration: AdmissionConfiguration
    /// The pod as it goes out.
    var json: JSONValue
    /// What the pod is to get before it starts.
    var sync: SyncPlan?
    /// One line for people per change made.
    var changes: [String] = []
    var problems: [FieldError] = []

    init(pod: Pod, request: AdmissionRequest, configuration: AdmissionConfiguration) {
        self.pod = pod
        self.request = request
        self.configuration = configuration
        json = JSONValue(pod.json)
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

    /// Adds the changes to the annotation `kubedl.io/mutations`; lines that are there already are not repeated.
    mutating func recordChanges() {
        guard !changes.isEmpty else { return }
        let earlier = pod.metadata.annotations[.mutations] ?? ""
        let lines = earlier.isEmpty ? [] : [earlier]
        let added = changes.filter { !earlier.contains($0) }
        guard !added.isEmpty else { return }
        json.setAnnotation(.mutations, (lines + added).joined(separator: "; "))
    }
}
