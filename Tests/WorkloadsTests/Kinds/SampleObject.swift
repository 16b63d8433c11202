import APIMachinery
import CEL
import JSON
import KubernetesModel
import Testing
import Workloads

/// The smallest valid object of each kind, as a user would write it, changed step by step.
struct SampleObject: Sendable, CustomTestStringConvertible {
    let kind: ObjectKind
    var json: JSONValue
    var testDescription: String { kind.definition.resource.kind }

    /// The sample of a kind by its name.
    init(_ name: String) throws {
        kind = try #require(ObjectKind.all.first { $0.definition.resource.kind == name })
        let spec = try #require(Self.specs.first { $0.kind == name }?.spec)
        json = ["metadata": ["name": "a", "namespace": "ml"], "spec": try JSONValue(parsing: spec)]
        json["apiVersion"] = JSONValue(kind.definition.resource.apiVersion)
        json["kind"] = JSONValue(name)
    }

    /// An object read from elsewhere.
    init(json: JSONValue) throws {
        kind = try #require(ObjectKind.all.first { $0.definition.resource.kind == json["kind"]?.string })
        self.json = json
    }

    static let names = specs.map(\.kind)

    private static func pod(_ container: String) -> String {
        #"{"template": {"spec": {"containers": [{"name": "\#(container)", "image": "x"}]}}}"#
    }

    private static let specs: [(kind: String, spec: String)] = [
        ("TFJob", #"{"tfReplicaSpecs": {"PS": \#(pod("tensorflow")), "Worker": \#(pod("tensorflow"))}}"#),
        ("PyTorchJob", #"{"pytorchReplicaSpecs": {"Master": \#(pod("pytorch")), "Worker": \#(pod("pytorch"))}}"#),
        ("MPIJob", #"{"slotsPerWorker": 2, "mpiReplicaSpecs": {"Launcher": \#(pod("l")), "Worker": \#(pod("w"))}}"#),
        ("XGBoostJob", #"{"xgbReplicaSpecs": {"Master": \#(pod("xgboostjob")), "Worker": \#(pod("xgboostjob"))}}"#),
        ("XDLJob", #"{"xdlReplicaSpecs": {"PS": \#(pod("xdl")), "Worker": \#(pod("xdl"))}}"#),
        (
            "MarsJob",
            #"{"marsReplicaSpecs": {"Scheduler": \#(pod("mars")), "Worker": \#(pod("mars"))}, "workerMemoryTuningPolicy": {"spillDirs": ["/spill"], "workerCacheSize": "1Gi"}}"#
        ),
        ("ElasticDLJob", #"{"elasticdlReplicaSpecs": {"Master": \#(pod("any"))}}"#),
        (
            "ElasticBatchJob",
            #"{"elasticBatchReplicaSpecs": {"AIMaster": \#(pod("elasticbatch")), "Worker": \#(pod("elasticbatch"))}}"#
        ),
        ("Model", #"{"description": "digits"}"#),
        (
            "ModelVersion",
            #"{"modelName": "m", "imageRepo": "r/m", "imageTag": "v1", "storage": {"nfs": {"server": "s", "path": "/p"}}}"#
        ),
        (
            "Inference",
            #"{"framework": "Triton", "predictors": [{"name": "p", "modelVersion": "mv", "template": {"spec": {"containers": [{"name": "predictor", "image": "x"}]}}}]}"#
        ),
        (
            "Cron",
            #"{"schedule": "*/5 2-4 * jan,feb mon", "template": {"apiVersion": "training.kubedl.io/v1alpha1", "kind": "PyTorchJob", "workload": {"spec": {"pytorchReplicaSpecs": {"Master": \#(pod("pytorch"))}}}}}"#
        ),
        ("Notebook", pod("notebook")),
        (
            "CacheBackend",
            #"{"dataset": {"dataSources": [{"location": "s3://b", "subDirName": "d"}]}, "cacheEngine": {"fluid": {"alluxioRuntime": {"replicas": 1, "tieredStorage": [{"cachePath": "/c", "quota": "1Gi"}]}}}, "options": {"idleTime": 60}}"#
        ),
    ]

    /// The same object with one member set.
    func setting(_ path: [String], to value: JSONValue?) -> SampleObject {
        var copy = self
        copy.json[path: path] = value
        return copy
    }

    /// The same object with its defaults.
    func completed(isUpdate: Bool = false) -> SampleObject {
        var copy = self
        kind.complete(&copy.json, isUpdate)
        return copy
    }

    /// Everything that validation finds, one line each.
    func problems(updating old: SampleObject? = nil) throws -> [String] {
        kind.problems(try json.document().root, try old?.json.document().root).map(\.description)
    }

    /// Everything that the API server finds with the kind's definition alone, one line each.
    func schemaProblems(updating old: SampleObject? = nil) throws -> [String] {
        let version = try #require(kind.definition.definition[path: ["spec", "versions"]]?[0])
        let node = try #require(version[path: ["schema", "openAPIV3Schema"]])
        let schema = try StructuralSchema(try node.document().root)
        let before = try old.map { try Self.withoutNulls($0.json).document().root }
        return schema.validate(try Self.withoutNulls(json).document().root, old: before, rules: Self.evaluate)
            .map(\.description)
    }

    /// As the server decodes it. Source: Kubernetes documentation, "Defaulting and Nullable".
    private static func withoutNulls(_ value: JSONValue) -> JSONValue {
        if let members = value.members {
            return .object(members.filter { !$0.value.isNull }.map { ($0.key, withoutNulls($0.value)) })
        }
        return value.array.map { JSONValue($0.map(withoutNulls)) } ?? value
    }

    @Sendable private static func evaluate(_ rule: ValidationRule, _ value: JSONView, _ old: JSONView?) -> RuleOutcome {
        do {
            let program = try CELProgram(compiling: rule.rule)
            if program.variables.contains("oldSelf"), old == nil { return .holds }
            var bindings = ["self": value]
            if let old { bindings["oldSelf"] = old }
            return try program.evaluate(bindings: bindings).bool == true ? .holds : .fails(message: nil)
        } catch {
            return .error("\(error)")
        }
    }
}
