import JSON
import Testing
import Workloads

@Suite("Defaults of a PyTorchJob")
struct JobDefaultsTests {
    private let specs = ["spec", "pytorchReplicaSpecs"]

    @Test("a short job is completed with counts, policies, the master's port and message policies")
    func completes() throws {
        let job = try SampleJob().completed().json
        #expect(job[path: ["spec", "cleanPodPolicy"]] == "None")
        #expect(job[path: specs + ["Master", "replicas"]] == 1)
        #expect(job[path: specs + ["Worker", "replicas"]] == 2)
        #expect(job[path: specs + ["Master", "restartPolicy"]] == "ExitCode")
        #expect(job[path: specs + ["Worker", "restartPolicy"]] == "OnFailure")
        let master = job[path: specs + ["Master", "template", "spec", "containers"]]?[0]
        #expect(
            master?["ports"]
                == [["name": "pytorchjob-port", "containerPort": 23456, "protocol": "TCP"]])
        #expect(master?["terminationMessagePolicy"] == "FallbackToLogsOnError")
        let worker = job[path: specs + ["Worker", "template", "spec", "containers"]]?[0]
        #expect(worker?["ports"] == nil)
        #expect(worker?["terminationMessagePolicy"] == "FallbackToLogsOnError")
    }

    @Test("what the user says stays")
    func keeps() throws {
        let job = try SampleJob()
            .setting("spec", "cleanPodPolicy", to: "All")
            .setting("spec", "pytorchReplicaSpecs", "Worker", "restartPolicy", to: "Never")
            .masterContainer("ports", [["name": "pytorchjob-port", "containerPort": 4000]])
            .masterContainer("terminationMessagePolicy", "File")
        let completed = job.completed().json
        #expect(completed[path: ["spec", "cleanPodPolicy"]] == "All")
        #expect(completed[path: specs + ["Worker", "restartPolicy"]] == "Never")
        let master = completed[path: specs + ["Master", "template", "spec", "containers"]]?[0]
        #expect(master?["ports"] == [["name": "pytorchjob-port", "containerPort": 4000]])
        #expect(master?["terminationMessagePolicy"] == "File")
    }

    @Test("role names in any case become canonical", arguments: ["master", "MASTER", "mAster"])
    func normalisesRoles(name: String) throws {
        var job = try SampleJob()
        let master = job.json[path: specs + ["Master"]]
        job.json[path: specs + ["Master"]] = nil
        job.json[path: specs + [name]] = master
        let completed = job.completed().json
        #expect(completed[path: specs]?.keys.sorted() == ["Master", "Worker"])
        #expect(completed[path: specs + ["Master", "replicas"]] == 1)
    }

    @Test("a manifest with other spellings can be applied again: in an update they take the canonical one's place")
    func takesSpellingsOfUpdates() throws {
        let stored = try SampleJob().completed()
        let again = stored.setting(
            "spec", "pytorchReplicaSpecs", "master", to: try SampleJob().json[path: specs + ["Master"]])
        var json = again.json
        JobDefaults.apply(to: &json, profile: .pyTorch, isUpdate: true)
        #expect(json == stored.json)
        let more = again.setting("spec", "pytorchReplicaSpecs", "MASTER", to: .object([]))
        json = more.json
        JobDefaults.apply(to: &json, profile: .pyTorch, isUpdate: true)
        #expect(json[path: specs]?.keys.count == 4)
    }

    @Test("two spellings of one role are left for validation to refuse")
    func keepsAmbiguousRoles() throws {
        let job = try SampleJob()
        let twice = job.setting("spec", "pytorchReplicaSpecs", "master", to: job.json[path: specs + ["Master"]])
        #expect(
            try twice.problems().contains { $0.contains("spec.pytorchReplicaSpecs: Unsupported value: \"master\"") })
    }

    @Test("applying defaults twice changes nothing more, and null objects of Go clients go")
    func isIdempotent() throws {
        let once = try SampleJob().setting("spec", "modelVersion", to: .null).completed()
        #expect(once.json[path: ["spec", "modelVersion"]] == nil)
        #expect(once.completed().json.text == once.json.text)
    }

    @Test(
        "fields of a wrong type are left alone",
        arguments: [
            #"{"spec": 1}"#, #"{"spec": {"pytorchReplicaSpecs": []}}"#,
            #"{"spec": {"pytorchReplicaSpecs": {"Master": 3}}}"#,
            #"{"spec": {"pytorchReplicaSpecs": {"Master": {"template": {"spec": {"containers": [1, null]}}}}}}"#,
            #"{"spec": {"pytorchReplicaSpecs": {"Master": {"template": {"spec": {"containers": {"a": 1}}}}}}}"#,
            "{}", "[]", "7",
        ])
    func survivesNonsense(text: String) throws {
        var json = try JSONValue(parsing: text)
        JobDefaults.apply(to: &json, profile: .pyTorch)
        let view = try json.document().root
        #expect(!JobValidation.problems(of: view, profile: .pyTorch).isEmpty)
        _ = JobValidation.warnings(of: view, profile: .pyTorch)
    }
}
