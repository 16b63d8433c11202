import JSON
import Testing
import Workloads

@Suite("Validation of a PyTorchJob")
struct JobValidationTests {
    @Test("a plain job has no problems and no warnings")
    func acceptsPlainJob() throws {
        #expect(try SampleJob().problems().isEmpty)
        let view = try SampleJob().completed().json.document().root
        #expect(JobValidation.warnings(of: view, profile: .pyTorch).isEmpty)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var path: [String]
        var value: String
        var problem: String
        var testDescription: String { path.joined(separator: ".") + " = " + value }
    }

    static let rows: [Row] = [
        Row(
            path: ["metadata", "name"], value: "\"1st\"",
            problem: "metadata.name: Invalid value: \"1st\": a DNS-1035 label"),
        Row(path: ["metadata", "name"], value: "\"Digits\"", problem: "metadata.name: Invalid value: \"Digits\""),
        Row(
            path: ["metadata", "name"], value: "\"a23456789012345678901234567890123456789012345678901234567\"",
            problem: "its pods and services would have names like"),
        Row(path: ["spec"], value: "null", problem: "spec: Required value"),
        Row(path: ["spec"], value: "3", problem: "spec: Invalid value: 3: must be an object"),
        Row(
            path: ["spec", "cleanPodPolicy"], value: "\"Some\"",
            problem:
                "spec.cleanPodPolicy: Unsupported value: \"Some\": supported values: \"All\", \"Running\", \"None\""),
        Row(
            path: ["spec", "ttlSecondsAfterFinished"], value: "-1",
            problem: "spec.ttlSecondsAfterFinished: Invalid value: -1: must be greater than or equal to 0"),
        Row(
            path: ["spec", "activeDeadlineSeconds"], value: "0",
            problem: "spec.activeDeadlineSeconds: Invalid value: 0: must be greater than or equal to 1"),
        Row(
            path: ["spec", "backoffLimit"], value: "\"3\"",
            problem: "spec.backoffLimit: Invalid value: \"3\": must be a whole number"),
        Row(
            path: ["spec", "schedulingPolicy", "minAvailable"], value: "4",
            problem: "spec.schedulingPolicy.minAvailable: Invalid value: 4: must be less than or equal to 3"),
        Row(
            path: ["spec", "pytorchReplicaSpecs", "Master"], value: "null",
            problem: "spec.pytorchReplicaSpecs[Master]: Invalid value: null: must be an object"),
        Row(
            path: ["spec", "pytorchReplicaSpecs", "Master", "replicas"], value: "2",
            problem: "spec.pytorchReplicaSpecs[Master].replicas: Invalid value: 2: must be exactly 1"),
        Row(
            path: ["spec", "pytorchReplicaSpecs", "Worker", "replicas"], value: "-1",
            problem: "spec.pytorchReplicaSpecs[Worker].replicas: Invalid value: -1: must be greater than or equal to 0"),
        Row(
            path: ["spec", "pytorchReplicaSpecs", "Worker", "restartPolicy"], value: "\"Sometimes\"",
            problem: "spec.pytorchReplicaSpecs[Worker].restartPolicy: Unsupported value: \"Sometimes\""),
        Row(
            path: ["spec", "pytorchReplicaSpecs", "Chief"], value: "{}",
            problem: "spec.pytorchReplicaSpecs: Unsupported value: \"Chief\": supported values: \"Master\", \"Worker\""),
        Row(
            path: ["spec", "pytorchReplicaSpecs", "Master", "template"], value: "null",
            problem: "spec.pytorchReplicaSpecs[Master].template: Required value"),
        Row(
            path: ["spec", "pytorchReplicaSpecs", "Master", "template", "spec", "containers"], value: "[]",
            problem: "spec.pytorchReplicaSpecs[Master].template.spec.containers: Required value"),
        Row(
            path: ["spec", "pytorchReplicaSpecs", "Master", "template", "spec", "containers"],
            value: #"[{"name": "main", "image": "x"}]"#,
            problem: "template.spec.containers: Required value: a container must be named pytorch"),
        Row(
            path: ["spec", "pytorchReplicaSpecs", "Master", "template", "spec", "containers"],
            value: #"[{"name": "pytorch", "image": "x"}, {"name": "pytorch", "image": "x"}]"#,
            problem: "containers[1].name: Duplicate value: \"pytorch\""),
        Row(
            path: ["spec", "modelVersion"], value: #"{"modelName": "m"}"#,
            problem: "spec.modelVersion.storage: Required value: localStorage or nfs"),
        Row(
            path: ["spec", "modelVersion"],
            value: #"{"modelName": "m", "storage": {"localStorage": {"path": "a", "mountPath": "/m/../x"}}}"#,
            problem: "spec.modelVersion.storage.localStorage.mountPath: Invalid value: \"/m/../x\": must be an absolute"
        ),
    ]

    @Test("each wrong field is refused in the words of Kubernetes", arguments: rows)
    func refuses(row: Row) throws {
        var job = try SampleJob()
        job.json[path: row.path] = try JSONValue(parsing: row.value)
        let problems = try job.problems()
        #expect(problems.contains { $0.contains(row.problem) }, "\(problems)")
    }

    @Test("every problem is answered at once")
    func answersAll() throws {
        let job = try SampleJob()
            .setting("metadata", "name", to: "Wrong_Name")
            .setting("spec", "backoffLimit", to: -1)
            .setting("spec", "pytorchReplicaSpecs", "Master", "replicas", to: 0)
            .masterContainer("image", nil)
            .masterContainer(
                "resources", ["limits": ["cpu": "1x", "nvidia.com/gpu": "500m"], "requests": ["memory": -1]]
            )
            .annotated("kubedl.io/network-mode", "bridge")
        #expect(try job.problems().count == 8)
    }

    @Test("a request above its limit is refused")
    func comparesRequests() throws {
        let job = try SampleJob().masterContainer("resources", ["limits": ["cpu": "1"], "requests": ["cpu": "1500m"]])
        #expect(
            try job.problems() == [
                "spec.pytorchReplicaSpecs[Master].template.spec.containers[0].resources.requests[cpu]: Invalid value: "
                    + "\"1500m\": must be less than or equal to cpu limit of 1"
            ])
    }

    @Test("a running job keeps its replicas, but its limits may change")
    func isImmutableWhereItMatters() throws {
        let old = try SampleJob()
        #expect(try old.setting("spec", "backoffLimit", to: 9).problems(updating: old).isEmpty)
        let scaled = old.setting("spec", "pytorchReplicaSpecs", "Worker", "replicas", to: 3)
            .annotated("kubedl.io/network-mode", "host")
        let problems = try scaled.problems(updating: old)
        #expect(problems.count == 2)
        #expect(problems.contains { $0.hasPrefix("spec.pytorchReplicaSpecs: Forbidden: field is immutable") })
        #expect(problems.contains { $0.hasPrefix("metadata.annotations[kubedl.io/network-mode]: Forbidden") })
    }

    @Test("host network is for a job as a whole, not for one role")
    func refusesNetworkModeOfRole() throws {
        let path = [
            "spec", "pytorchReplicaSpecs", "Worker", "template", "metadata", "annotations", "kubedl.io/network-mode",
        ]
        var job = try SampleJob()
        job.json[path: path] = "host"
        let problems = try job.problems()
        #expect(problems.count == 1)
        #expect(problems.first?.contains("annotations[kubedl.io/network-mode]: Forbidden: replicas of one job") == true)
        #expect(try job.annotated("kubedl.io/network-mode", "host").problems().isEmpty)
    }

    @Test("a job that is going away can always be edited")
    func leavesDeletedJobsAlone() throws {
        let old = try SampleJob().setting("metadata", "deletionTimestamp", to: "2026-01-01T00:00:00Z")
        #expect(try old.setting("spec", to: .null).problems(updating: old).isEmpty)
    }

    @Test("a restart policy in the template is warned about")
    func warns() throws {
        let job = try SampleJob()
            .setting("spec", "pytorchReplicaSpecs", "Worker", "template", "spec", "restartPolicy", to: "Always")
        let warnings = JobValidation.warnings(of: try job.json.document().root, profile: .pyTorch)
        #expect(warnings.count == 1)
        #expect(warnings.allSatisfy { $0.count <= 120 })
    }
}
