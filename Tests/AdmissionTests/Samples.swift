import Admission
import JSON
import KubernetesModel

/// A pod for tests, as some controller makes it, changed step by step.
struct SamplePod {
    var json: JSONValue
    /// The configuration that it meets.
    var settings = AdmissionSettings()

    /// A worker of a PyTorchJob with one named port.
    init(role: String = "worker", index: Int = 0) throws {
        json = try JSONValue(
            parsing: """
                {"apiVersion": "v1", "kind": "Pod",
                 "metadata": {"name": "digits-\(role)-\(index)", "namespace": "ml",
                   "labels": {"replica-type": "\(role)", "replica-index": "\(index)"},
                   "ownerReferences": [{"apiVersion": "training.kubedl.io/v1alpha1", "kind": "PyTorchJob",
                     "name": "digits", "uid": "4f1c2a60", "controller": true}]},
                 "spec": {"dnsPolicy": "ClusterFirst", "containers": [
                   {"name": "pytorch", "image": "torch:2", "workingDir": "/workspace",
                    "env": [{"name": "MASTER_PORT", "value": "$(KUBEDL_HOST_PORT_PYTORCHJOB_PORT)"}],
                    "ports": [{"name": "pytorchjob-port", "containerPort": 23456}]}],
                   "unknownField": {"kept": [1.50, "x"]}}}
                """)
    }

    func annotated(_ key: String, _ value: String) -> SamplePod {
        setting("metadata", "annotations", key, to: JSONValue(value))
    }

    func setting(_ path: String..., to value: JSONValue?) -> SamplePod {
        var copy = self
        copy.json[path: path] = value
        return copy
    }

    /// The same pod under a configuration of pods' defaults.
    func configured(_ change: (inout AdmissionConfiguration) -> Void) -> SamplePod {
        var copy = self
        change(&copy.settings.defaults)
        return copy
    }

    func request(uid: String = "r1", operation: AdmissionRequest.Operation = .create) throws -> AdmissionRequest {
        AdmissionRequest(
            uid: uid, operation: operation, group: "", version: "v1", resource: "pods", namespace: "ml",
            object: try json.document().root)
    }

    func decide(uid: String = "r1") throws -> AdmissionDecision {
        admit(try request(uid: uid), at: .mutatePods, settings: settings)
    }

    /// The pod as it is stored when it is admitted.
    func admitted(uid: String = "r1") throws -> SamplePod {
        let decision = try decide(uid: uid)
        guard decision.allowed else { throw Refused(message: decision.message) }
        var copy = self
        if let patch = decision.patch { copy.json = try patch.apply(to: json) }
        return copy
    }

    struct Refused: Error { var message: String }

    func container(_ index: Int = 0) -> JSONValue? { json[path: ["spec", "containers"]]?[index] }
    func annotation(_ key: String) -> String? { json[path: ["metadata", "annotations", key]]?.string }
}
