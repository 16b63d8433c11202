import JSON
import KubernetesModel
import Testing
import Workloads

/// Rules that validation and the schema share: both must refuse, validation with the field.
@Suite("Rules of each kind")
struct RuleTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var kind: String
        var path: [String]
        var value: String
        var problem: String
        /// Whether only validation can say it.
        var isWebhookOnly = false
        var testDescription: String { "\(kind) " + path.joined(separator: ".") + " = " + value }

        init(_ kind: String, _ path: String, _ value: String, _ problem: String, webhookOnly: Bool = false) {
            self.kind = kind
            self.path = path.split(separator: "/").map(String.init)
            self.value = value
            self.problem = problem
            isWebhookOnly = webhookOnly
        }
    }

    private static let pod = #"{"template": {"spec": {"containers": [{"name": "tensorflow", "image": "x"}]}}}"#

    static let rows = [
        Row("TFJob", "spec/tfReplicaSpecs/AIMaster", pod, "spec.tfReplicaSpecs: Unsupported value: \"AIMaster\""),
        Row(
            "TFJob", "spec/tfReplicaSpecs/Worker/replicas", "10001",
            "spec.tfReplicaSpecs[Worker].replicas: Invalid value"),
        Row("TFJob", "spec/successPolicy", "\"Some\"", "spec.successPolicy: Unsupported value: \"Some\""),
        Row("TFJob", "spec/tfReplicaSpecs", "{}", "spec.tfReplicaSpecs: Required value", webhookOnly: true),
        Row("MPIJob", "spec/slotsPerWorker", "0", "spec.slotsPerWorker: Invalid value: 0"),
        Row("MPIJob", "spec/mpiDistribution", "\"LAM\"", "spec.mpiDistribution: Unsupported value"),
        Row("MPIJob", "spec/runPolicy/cleanPodPolicy", "\"Some\"", "spec.runPolicy.cleanPodPolicy: Unsupported value"),
        Row("MPIJob", "spec/runPolicy/backoffLimit", "-1", "spec.runPolicy.backoffLimit: Invalid value: -1"),
        Row("MPIJob", "spec/mpiReplicaSpecs/Launcher", "null", "spec.mpiReplicaSpecs[Launcher]: Invalid value: null"),
        Row("XGBoostJob", "spec/xgbReplicaSpecs/Master/replicas", "2", "must be exactly 1"),
        Row("XDLJob", "spec/minFinishWorkRate", "101", "spec.minFinishWorkRate: Invalid value: 101"),
        Row("XDLJob", "spec/minFinishWorkNum", "0", "spec.minFinishWorkNum: Invalid value: 0"),
        Row(
            "MarsJob", "spec/workerMemoryTuningPolicy/spillDirs", "[1]",
            "spillDirs[0]: Invalid value: 1: must be a string"),
        Row(
            "MarsJob", "spec/workerMemoryTuningPolicy/workerCachePercentage", "101",
            "workerCachePercentage: Invalid value"),
        Row(
            "MarsJob", "spec/workerMemoryTuningPolicy/workerCacheSize", "\"1x\"",
            "workerCacheSize: Invalid value: \"1x\"",
            webhookOnly: true),
        Row("ElasticDLJob", "spec/elasticdlReplicaSpecs/Worker", pod, "spec.elasticdlReplicaSpecs: Unsupported value"),
        Row("ElasticBatchJob", "spec/elasticBatchReplicaSpecs/AIMaster/replicas", "3", "must be exactly 1"),
        Row("Model", "spec/description", "7", "spec.description: Invalid value: 7: must be a string"),
        Row("ModelVersion", "spec/modelName", "\"\"", "spec.modelName: Required value: The model that this is"),
        Row("ModelVersion", "spec/modelName", "\"A b\"", "spec.modelName: Invalid value: \"A b\"", webhookOnly: true),
        Row("ModelVersion", "spec/imageTag", "\"a b\"", "spec.imageTag: Invalid value: \"a b\": The image's tag"),
        Row("ModelVersion", "spec/storage", "{}", "spec.storage: Required value: exactly one of"),
        Row("ModelVersion", "spec/storage/AWSEfs", #"{"volumeHandle": "fs"}"#, "\"nfs, AWSEfs\": exactly one of"),
        Row(
            "ModelVersion", "spec/storage/nfs/path", "\"../x\"", "spec.storage.nfs.path: Invalid value: \"../x\"",
            webhookOnly: true),
        Row("Inference", "spec/framework", "\"Torch\"", "supported values: \"TFServing\", \"Triton\""),
        Row("Inference", "spec/predictors", "[]", "spec.predictors: Required value: One or more predictors"),
        Row("Inference", "spec/predictors", "[{}]", "spec.predictors[0].template: Required value"),
        Row(
            "Inference", "spec/predictors",
            #"[{"name": "a", "trafficWeight": 0, "template": {}}, {"name": "b", "trafficWeight": 0, "template": {}}]"#,
            "spec.predictors: Invalid value"),
        Row(
            "Inference", "spec/predictors", #"[{"name": "a", "template": {}}, {"name": "a", "template": {}}]"#,
            "spec.predictors[1].name: Duplicate value: \"a\""),
        Row(
            "Inference", "spec/predictors",
            #"[{"name": "a", "template": {}, "autoScale": {"minReplicas": 3, "maxReplicas": 2, "autoScaler": {}}}]"#,
            "autoScale.minReplicas: Invalid value: 3: must be less than or equal to maxReplicas"),
        Row(
            "Cron", "spec/schedule", "\"every day\"",
            "spec.schedule: Invalid value: \"every day\": must have five fields"),
        Row(
            "Cron", "spec/schedule", "\"61 * * * *\"", "minute \"61\" must be *, a number from 0 to 59",
            webhookOnly: true),
        Row("Cron", "spec/concurrencyPolicy", "\"Queue\"", "spec.concurrencyPolicy: Unsupported value"),
        Row("Cron", "spec/deadline", "\"soon\"", "spec.deadline: Invalid value: \"soon\""),
        Row("Cron", "spec/template/kind", "\"Job\"", "spec.template.kind: Unsupported value", webhookOnly: true),
        Row(
            "Cron", "spec/template/workload/spec/backoffLimit", "-1",
            "spec.template.workload.spec.backoffLimit: Invalid value: -1", webhookOnly: true),
        Row("Notebook", "spec/template", "null", "spec.template: Required value"),
        Row(
            "Notebook", "spec/template/spec/containers", #"[{"name": "x", "image": "y"}]"#,
            "a container must be named notebook", webhookOnly: true),
        Row("CacheBackend", "spec/options/idleTime", "-1", "spec.options.idleTime: Invalid value: -1"),
        Row("CacheBackend", "spec/dataset/dataSources", "[{}]", "dataSources[0].location: Required value"),
    ]

    @Test("a wrong field is refused with its path, and without the webhook too where the schema can", arguments: rows)
    func refuses(row: Row) throws {
        let object = try SampleObject(row.kind).setting(row.path, to: try JSONValue(parsing: row.value)).completed()
        let problems = try object.problems()
        #expect(problems.contains { $0.contains(row.problem) }, "\(problems)")
        if !row.isWebhookOnly { #expect(try !object.schemaProblems().isEmpty) }
    }

    static let updates = [
        Row("TFJob", "spec/tfReplicaSpecs/Worker/replicas", "5", "spec.tfReplicaSpecs: Forbidden"),
        Row("TFJob", "spec/tfReplicaSpecs/Chief", pod, "spec.tfReplicaSpecs: Forbidden"),
        Row("MPIJob", "spec/slotsPerWorker", "4", "spec.slotsPerWorker: Forbidden"),
        Row(
            "MarsJob", "spec/workerMemoryTuningPolicy/plasmaStore", "\"/x\"", "spec.workerMemoryTuningPolicy: Forbidden"
        ),
        Row("ModelVersion", "spec/imageTag", "\"v2\"", "spec.imageTag: Forbidden: field is immutable"),
        Row("ModelVersion", "spec/storage/nfs/server", "\"t\"", "spec.storage: Forbidden: field is immutable"),
        Row("Inference", "spec/framework", "\"TFServing\"", "spec.framework: Forbidden"),
    ]

    @Test("a field that must not change is refused in an update, by validation and schema", arguments: updates)
    func keeps(row: Row) throws {
        let old = try SampleObject(row.kind).completed()
        let new = old.setting(row.path, to: try JSONValue(parsing: row.value)).completed(isUpdate: true)
        #expect(try new.problems() == [])
        let problems = try new.problems(updating: old)
        #expect(problems.count == 1 && problems.allSatisfy { $0.hasPrefix(row.problem) }, "\(problems)")
        #expect(try !new.schemaProblems(updating: old).isEmpty)
    }

    static let changes = [
        Row("ElasticBatchJob", "spec/elasticBatchReplicaSpecs/Worker/replicas", "5", ""),
        Row("XDLJob", "spec/minFinishWorkRate", "50", ""),
        Row("TFJob", "spec/cleanPodPolicy", "\"All\"", ""),
        Row("TFJob", "spec/ttlSecondsAfterFinished", "60", ""),
        Row("MPIJob", "spec/runPolicy/backoffLimit", "3", ""),
        Row(
            "Inference", "spec/predictors",
            #"[{"name": "q", "template": {"spec": {"containers": [{"name": "c", "image": "x"}]}}}]"#, ""),
        Row("Cron", "spec/suspend", "true", ""),
        Row("Cron", "spec/schedule", "\"@daily\"", ""),
    ]

    @Test("what may change while it runs may", arguments: changes)
    func allows(row: Row) throws {
        let old = try SampleObject(row.kind).completed()
        let new = old.setting(row.path, to: try JSONValue(parsing: row.value)).completed(isUpdate: true)
        #expect(new.json != old.json)
        #expect(try new.problems(updating: old) == [])
        #expect(try new.schemaProblems(updating: old) == [])
    }
}
