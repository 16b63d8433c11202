import JSON
import Testing
import Workloads

@Suite("Manifests written for KubeDL")
struct KubeDLCompatibilityTests {
    /// As KubeDL's Go client writes a job: absent objects as null, an empty status, a creation time in the template.
    private static let fromGoClient = """
        {"kind": "PyTorchJob", "apiVersion": "training.kubedl.io/v1alpha1",
         "metadata": {"name": "goclient", "namespace": "ml", "creationTimestamp": null,
           "annotations": {"kubedl.io/tenancy": "{\\"tenant\\":\\"\\",\\"user\\":\\"\\"}"}},
         "spec": {"schedulingPolicy": null, "cronPolicy": null, "modelVersion": null, "cacheBackend": null,
           "pytorchReplicaSpecs": {"Master": {"replicas": 1, "template": {"metadata": {"creationTimestamp": null},
             "spec": {"containers": [{"name": "pytorch", "image": "busybox", "resources": {}}]}}}}},
         "status": {"conditions": null, "replicaStatuses": null}}
        """

    @Test("what Go clients send is accepted without a warning")
    func acceptsNulls() throws {
        var job = try SampleJob()
        job.json = try JSONValue(parsing: Self.fromGoClient)
        #expect(try job.problems().isEmpty)
        let completed = job.completed().json
        #expect(JobValidation.warnings(of: try completed.document().root, profile: .pyTorch).isEmpty)
        for key in ["schedulingPolicy", "cronPolicy", "modelVersion", "cacheBackend"] {
            #expect(completed[path: ["spec", key]] == nil, "\(key)")
        }
    }

    @Test(
        "what would change the work and is not carried out is refused, not dropped",
        arguments: [
            (["cronPolicy"], #"{"schedule": "0 1 * * *"}"#, "spec.cronPolicy: Forbidden: periodic runs"),
            (
                ["cacheBackend"], #"{"name": "c", "mountPath": "/data"}"#,
                "spec.cacheBackend: Forbidden: data set caches"
            ),
            (
                ["modelVersion"], #"{"modelName": "m", "storage": {"AWSEfs": {"volumeHandle": "fs-1"}}}"#,
                "spec.modelVersion.storage.AWSEfs: Forbidden: not implemented"
            ),
            (
                ["pytorchReplicaSpecs", "AIMaster"], #"{"template": {}}"#,
                "spec.pytorchReplicaSpecs: Unsupported value: \"AIMaster\""
            ),
        ])
    func refuses(path: [String], value: String, problem: String) throws {
        var job = try SampleJob()
        job.json[path: ["spec"] + path] = try JSONValue(parsing: value)
        let problems = try job.problems()
        #expect(problems.count == 1 && problems.allSatisfy { $0.hasPrefix(problem) }, "\(problems)")
    }

    @Test("what only changes when or how well it is done is accepted with a warning")
    func warns() throws {
        let job = try SampleJob().setting("spec", "schedulingPolicy", to: ["queue": "a", "priority": 5])
            .annotated("kubedl.io/enable-elastic-training", "true")
            .annotated("kubedl.io/tensorboard-config", "{}").annotated("pai.ai/enable-error-monitoring", "false")
        #expect(try job.problems().isEmpty)
        let warnings = JobValidation.warnings(of: try job.json.document().root, profile: .pyTorch)
        #expect(warnings.count == 4)
        #expect(warnings.first == "spec.schedulingPolicy.priority has no effect yet: use priorityClassName")
        #expect(warnings.allSatisfy { $0.count <= 120 })
    }

    @Test("the schema keeps every field of KubeDL, so that nothing is pruned before it is judged")
    func keepsFields() throws {
        let version = CustomResource.pyTorchJob.definition[path: ["spec", "versions"]]?[0]
        let spec = version?[path: ["schema", "openAPIV3Schema", "properties", "spec", "properties"]]
        for key in ["schedulingPolicy", "cronPolicy", "modelVersion", "cacheBackend"] {
            #expect(spec?[path: [key, "nullable"]] == true, "\(key)")
        }
        let role = spec?[path: ["pytorchReplicaSpecs", "additionalProperties", "properties"]]
        #expect(
            role?[path: ["spotReplicaSpec", "properties"]]?.keys == [
                "spotReplicaNumber", "priorityClassName", "labels",
            ])
        #expect(spec?[path: ["modelVersion", "properties", "storage", "properties", "AWSEfs"]] != nil)
    }

    @Test("wrong spot replicas are refused with their place")
    func checksSpotReplicas() throws {
        let spot: JSONValue = ["spotReplicaNumber": -1, "priorityClassName": "Not Good", "labels": ["a b": "c"]]
        let problems = try SampleJob().setting("spec", "pytorchReplicaSpecs", "Worker", "spotReplicaSpec", to: spot)
            .problems()
        #expect(problems.count == 3)
        #expect(
            problems.allSatisfy { $0.hasPrefix("spec.pytorchReplicaSpecs[Worker].spotReplicaSpec.") }, "\(problems)")
    }

    @Test("a job that was stored before this webhook was there may get its defaults")
    func completesOlderJobs() throws {
        let stored = try SampleJob()
        let view = try stored.completed().annotated("note", "x").json.document().root
        let problems = JobValidation.problems(of: view, old: try stored.json.document().root, profile: .pyTorch)
        #expect(problems.isEmpty, "\(problems)")
    }

    @Test("a port of the framework's name in the master's template is the one on which replicas meet")
    func readsPort() throws {
        let port = { (job: SampleJob) in TrainingJob(json: try job.json.document().root, profile: .pyTorch).port.number
        }
        #expect(try port(SampleJob()) == 23456)
        #expect(try port(SampleJob().completed()) == 23456)
        let own = try SampleJob().masterContainer("ports", [["name": "pytorchjob-port", "containerPort": 2222]])
        #expect(try port(own) == 2222)
        let wild = try SampleJob().masterContainer("ports", [["name": "pytorchjob-port", "containerPort": 70000]])
        #expect(try port(wild) == 23456)
    }
}
