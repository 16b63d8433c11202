import JSON
import KubernetesModel
import Workloads

/// A PyTorchJob for tests, as a user would write it, changed step by step.
struct SampleJob {
    var json: JSONValue

    init(_ name: String = "digits") throws {
        json = try JSONValue(
            parsing: """
                {"apiVersion": "training.kubedl.io/v1alpha1", "kind": "PyTorchJob",
                 "metadata": {"name": "\(name)", "namespace": "ml"},
                 "spec": {"pytorchReplicaSpecs": {
                   "Master": {"template": {"spec": {"containers": [{"name": "pytorch", "image": "torch:2"}]}}},
                   "Worker": {"replicas": 2,
                              "template": {"spec": {"containers": [{"name": "pytorch", "image": "torch:2"}]}}}}}}
                """)
    }

    /// The same job with one member set.
    func setting(_ path: String..., to value: JSONValue?) -> SampleJob {
        var copy = self
        copy.json[path: path] = value
        return copy
    }

    /// The same job with a member of the master's first container set.
    func masterContainer(_ key: String, _ value: JSONValue?) throws -> SampleJob {
        var copy = self
        let path = ["spec", "pytorchReplicaSpecs", "Master", "template", "spec", "containers"]
        var containers = copy.json[path: path]?.array ?? []
        containers[0][key] = value
        copy.json[path: path] = JSONValue(containers)
        return copy
    }

    /// The same job with an annotation.
    func annotated(_ key: String, _ value: String) -> SampleJob {
        setting("metadata", "annotations", key, to: JSONValue(value))
    }

    /// The same job with its defaults.
    func completed() -> SampleJob {
        var copy = self
        JobDefaults.apply(to: &copy.json, profile: .pyTorch)
        return copy
    }

    /// Everything wrong with the completed job, one line each.
    func problems(updating old: SampleJob? = nil) throws -> [String] {
        let view = try completed().json.document().root
        return JobValidation.problems(of: view, old: try old?.completed().json.document().root, profile: .pyTorch)
            .map(\.description)
    }
}
