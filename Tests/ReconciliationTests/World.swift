import JSON
import KubernetesModel
import Reconciliation
import Workloads

/// A small cluster in memory: plans are applied to it, and pods are moved along by hand.
struct World {
    var job: JSONValue
    var profile = FrameworkProfile.pyTorch
    /// Names of what pods need, in the order in which it was made.
    var companions: [String] = []
    var pods: [String: JSONValue] = [:]
    var services: [String: JSONValue] = [:]
    var now = Timestamp(seconds: 1_700_000_000)
    var configuration = ReconciliationConfiguration()
    var events: [PlannedEvent] = []
    var statusWrites = 0
    var isJobDeleted = false
    var nextUID = 1

    init(workers: Int = 2, isHost: Bool = false) throws {
        var job = try JSONValue(
            parsing: """
                {"apiVersion": "training.kubedl.io/v1alpha1", "kind": "PyTorchJob",
                 "metadata": {"name": "digits", "namespace": "ml", "uid": "job-uid"},
                 "spec": {"pytorchReplicaSpecs": {
                   "Master": {"template": {"metadata": {"labels": {"team": "a", "job-name": "wrong"}},
                     "spec": {"containers": [{"name": "pytorch", "image": "torch:2",
                       "resources": {"limits": {"nvidia.com/gpu": 2}},
                       "env": [{"name": "PYTHONUNBUFFERED", "value": "1"}, {"name": "RANK", "value": "9"},
                               {"name": "ME", "value": "$(RANK)"}]}], "future": [1.0]}}},
                   "Worker": {"replicas": \(workers), "template": {"spec": {"containers": [
                     {"name": "pytorch", "image": "torch:2"}]}}}}}}
                """)
        if isHost { job.setAnnotation(.networkMode, "host") }
        JobDefaults.apply(to: &job, profile: .pyTorch)
        self.job = job
    }

    /// A job of any framework with pods of the given roles, and more of its spec.
    init(_ profile: FrameworkProfile, _ roles: [(String, Int)], spec: JSONValue = .object([])) throws {
        self.profile = profile
        let pod: JSONValue = ["spec": ["containers": [["name": JSONValue(profile.defaultContainer), "image": "x"]]]]
        job = ["metadata": ["name": "a", "namespace": "ml", "uid": "job-uid"], "spec": spec]
        for (role, count) in roles {
            job[path: "spec", profile.replicaSpecsKey, role] = ["replicas": JSONValue(count), "template": pod]
        }
        JobDefaults.apply(to: &job, profile: profile)
    }

    /// The same world with a member of the job's spec set.
    func spec(_ path: String..., is value: JSONValue) -> World {
        var copy = self
        copy.job[path: ["spec"] + path] = value
        return copy
    }

    func observed() throws -> ObservedJob {
        ObservedJob(
            job: TrainingJob(json: try job.document().root, profile: profile),
            pods: try pods.values.map { ObservedPod(try Pod($0)) }.sorted { $0.key < $1.key },
            services: try services.values.map { ObservedService(try Service($0)) }.sorted { $0.key < $1.key })
    }

    func plan() throws -> JobPlan { planJob(try observed(), now: now, configuration: configuration) }

    /// Plans once and applies it all.
    @discardableResult
    mutating func pass() throws -> JobPlan {
        let plan = try plan()
        companions += plan.companions.map { "\($0.kind.rawValue)/\($0.name)" }
        for creation in plan.creations {
            var body = creation.body
            body[path: ["metadata", "uid"]] = JSONValue("uid-\(nextUID)")
            nextUID += 1
            if creation.kind == .pod { pods[creation.name] = body } else { services[creation.name] = body }
        }
        for patch in plan.patches {
            services[patch.name] = services[patch.name].map { JSONMergePatch.apply(patch.patch, to: $0) }
        }
        if let status = plan.status {
            job["status"] = status
            statusWrites += 1
        }
        events += plan.events
        for deletion in plan.deletions {
            switch deletion.kind {
            case .pod: pods[deletion.name] = nil
            case .service: services[deletion.name] = nil
            case .job: isJobDeleted = true
            }
        }
        return plan
    }

    /// Plans until nothing changes.
    mutating func settle() throws {
        for _ in 0..<10 {
            let plan = try pass()
            if plan.creations.isEmpty, plan.patches.isEmpty, plan.status == nil, plan.deletions.isEmpty { return }
        }
        throw NeverSettles()
    }

    struct NeverSettles: Error {}

    /// Moves a pod along, as a kubelet would.
    mutating func set(_ pod: String, _ phase: String, exitCode: Int? = nil, reason: String? = nil, restarts: Int = 0) {
        var status = JSONValue.object([("phase", JSONValue(phase))])
        if let reason { status["reason"] = JSONValue(reason) }
        var container = JSONValue.object([
            ("name", JSONValue(profile.defaultContainer)), ("restartCount", JSONValue(restarts)),
        ])
        if let exitCode {
            container[path: ["state", "terminated"]] = ["exitCode": JSONValue(exitCode), "reason": "Error"]
        }
        status["containerStatuses"] = [container]
        pods[pod]?["status"] = status
        pods[pod]?[path: ["spec", "nodeName"]] = "node-1"
    }

    mutating func setAll(_ phase: String) { for name in pods.keys { set(name, phase) } }

    var conditions: [String] {
        (job[path: ["status", "conditions"]]?.array ?? []).map {
            "\($0["type"]?.string ?? "")=\($0["status"]?.string ?? "")"
        }
    }
    var podNames: [String] { pods.keys.sorted() }
    func counts(_ role: String) -> JSONValue? { job[path: ["status", "replicaStatuses", role]] }
}
