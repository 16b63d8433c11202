import JSON
import KubernetesClient
import KubernetesModel
import Logging
import Reconciliation
import Synchronization
import Testing
import Workloads

@testable import Controllers

/// A controller with its cluster; the watch is played by hand, so that it can be late.
private struct Bench {
    let cluster = FakeCluster()
    let controller: JobController
    let key = ObjectKey(namespace: "ml", name: "digits")

    init(workers: Int = 2, parallelWrites: Int = 16) throws {
        controller = JobController(
            profile: .pyTorch, cluster: cluster, configuration: ControllerConfiguration(parallelWrites: parallelWrites),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            now: { Timestamp(seconds: 1_700_000_000) })
        var job = try JSONValue(
            parsing: """
                {"apiVersion": "training.kubedl.io/v1alpha1", "kind": "PyTorchJob",
                 "metadata": {"name": "digits", "namespace": "ml", "uid": "job-uid"},
                 "spec": {"pytorchReplicaSpecs": {
                   "Master": {"template": {"spec": {"containers": [{"name": "pytorch", "image": "x"}]}}},
                   "Worker": {"replicas": \(workers),
                     "template": {"spec": {"containers": [{"name": "pytorch", "image": "x"}]}}}}}}
                """)
        JobDefaults.apply(to: &job, profile: .pyTorch)
        controller.observe(job: try cluster.put(FrameworkProfile.pyTorch.resource, job))
    }

    /// Shows the controller what is in the cluster now.
    func watch(jobs: Bool = true) throws {
        for name in cluster.names {
            let plain = String(name.split(separator: "/").last ?? "")
            if name.hasPrefix("pods/"), let pod = cluster.object(.pods, plain) {
                let view = try Pod(pod)
                controller.observe(pod: view.key, ObservedPod(view))
            } else if name.hasPrefix("services/"), let service = cluster.object(.services, plain) {
                let view = try Service(service)
                controller.observe(service: view.key, ObservedService(view))
            } else if jobs, name.hasPrefix("pytorchjobs/"), let job {
                controller.observe(job: try job.document())
            }
        }
    }

    func reconcile() async -> WorkQueue<ObjectKey>.Outcome { await controller.reconcile(key) }

    var job: JSONValue? { cluster.object(FrameworkProfile.pyTorch.resource, "digits") }
    var state: String? { job?[path: ["status", "conditions"]]?.array?.last?["type"]?.string }

    func setPod(_ name: String, _ status: JSONValue) throws {
        var pod = try #require(cluster.object(.pods, name))
        pod["status"] = status
        try cluster.put(.pods, pod)
    }
}

@Suite("The job controller")
struct JobControllerTests {
    @Test("makes what is missing and writes the status once")
    func createsAll() async throws {
        let bench = try Bench()
        #expect(await bench.reconcile() == .done)
        #expect(
            bench.cluster.names == [
                "pods/ml/digits-master-0", "pods/ml/digits-worker-0", "pods/ml/digits-worker-1",
                "pytorchjobs/ml/digits", "services/ml/digits-master-0",
            ])
        #expect(bench.state == "Created")
        #expect(bench.cluster.log.filter { $0.hasPrefix("patch") } == ["patch pytorchjobs/ml/digits/status"])
        let reasons = bench.cluster.events.map(\.reason).sorted()
        #expect(
            reasons == ["SuccessfulCreatePod", "SuccessfulCreatePod", "SuccessfulCreatePod", "SuccessfulCreateService"])
        #expect(bench.cluster.events.allSatisfy { $0.object.uid == "job-uid" && $0.object.kind == "PyTorchJob" })
    }

    @Test("a watch that is behind ends in AlreadyExists, never in a second pod or another status write")
    func survivesStaleCache() async throws {
        let bench = try Bench()
        #expect(await bench.reconcile() == .done)
        let events = bench.cluster.events.count
        #expect(await bench.reconcile() == .done)
        #expect(bench.cluster.names.count == 5)
        #expect(bench.cluster.events.count == events)
        #expect(bench.cluster.log.filter { $0.hasPrefix("patch") }.count == 1)
        try bench.watch()
        let requests = bench.cluster.log.count
        #expect(await bench.reconcile() == .done)
        #expect(bench.cluster.log.count == requests)
    }

    @Test("an object of the same name that belongs to somebody else is left alone and reported")
    func respectsForeignObjects() async throws {
        let bench = try Bench()
        let foreign: JSONValue = ["metadata": ["name": "digits-worker-0", "namespace": "ml"], "spec": "theirs"]
        try bench.cluster.put(.pods, foreign)
        #expect(await bench.reconcile() == .retry)
        #expect(bench.cluster.object(.pods, "digits-worker-0")?["spec"] == "theirs")
        let event = try #require(bench.cluster.events.first { $0.isWarning })
        #expect(event.reason == "FailedCreatePod" && event.message.contains("belongs to nobody"))
    }

    @Test("a conflict is no failure: the job is looked at again, and nothing is deleted or announced before")
    func retriesConflicts() async throws {
        let bench = try Bench()
        _ = await bench.reconcile()
        try bench.watch()
        try bench.setPod(
            "digits-master-0",
            [
                "phase": "Failed",
                "containerStatuses": [["name": "pytorch", "state": ["terminated": ["exitCode": 137]]]],
            ])
        try bench.watch()
        try bench.cluster.put(FrameworkProfile.pyTorch.resource, try #require(bench.job))
        let events = bench.cluster.events.count
        #expect(await bench.reconcile() == .retry)
        #expect(bench.cluster.object(.pods, "digits-master-0") != nil)
        #expect(bench.cluster.events.count == events)
        try bench.watch()
        #expect(await bench.reconcile() == .done)
        #expect(bench.cluster.object(.pods, "digits-master-0") == nil)
        #expect(bench.state == "Restarting")
    }

    @Test("a restart is not forgotten when the watch brings an old job after the write")
    func keepsRestarts() async throws {
        let bench = try Bench()
        _ = await bench.reconcile()
        try bench.watch()
        let old = try #require(bench.job)
        try bench.setPod("digits-master-0", ["phase": "Failed", "reason": "Evicted"])
        try bench.watch()
        #expect(await bench.reconcile() == .done)
        bench.controller.observe(job: try old.document())
        bench.controller.observe(pod: ObjectKey(namespace: "ml", name: "digits-master-0"), nil)
        #expect(await bench.reconcile() == .done)
        let pod = try #require(bench.cluster.object(.pods, "digits-master-0"))
        #expect(pod[path: ["metadata", "annotations", "kubedl.io/restart-count"]] == "1")
    }

    @Test("one pod that cannot be made does not hold up the others or the status")
    func goesOnAfterFailures() async throws {
        let bench = try Bench()
        bench.cluster.fail("create pods/ml/digits-worker-0", with: FakeCluster.error(403, "Forbidden"))
        #expect(await bench.reconcile() == .retry)
        #expect(bench.cluster.names.count == 4)
        #expect(bench.state == "Created")
        #expect(bench.cluster.events.contains { $0.reason == "FailedCreatePod" && $0.isWarning })
        bench.cluster.fail("create pods/ml/digits-worker-0", with: nil)
        try bench.watch()
        #expect(await bench.reconcile() == .done)
        #expect(bench.cluster.names.count == 5)
    }

    @Test("a server that asks for patience gets it")
    func waits() async throws {
        let bench = try Bench()
        var error = FakeCluster.error(429, "TooManyRequests")
        error.retry = .after(.seconds(7))
        bench.cluster.fail("patch pytorchjobs/ml/digits/status", with: error)
        #expect(await bench.reconcile() == .after(.seconds(7)))
    }

    @Test("a job that is gone, or goes meanwhile, needs nothing")
    func forgetsDeletedJobs() async throws {
        let bench = try Bench()
        #expect(await bench.controller.reconcile(ObjectKey(namespace: "ml", name: "other")) == .done)
        bench.cluster.fail("patch pytorchjobs/ml/digits/status", with: FakeCluster.error(404, "NotFound"))
        #expect(await bench.reconcile() == .done)
    }

    @Test("pods are made side by side, but not more than allowed")
    func limitsParallelWrites() async throws {
        let bench = try Bench(workers: 40, parallelWrites: 5)
        #expect(await bench.reconcile() == .done)
        #expect(bench.cluster.names.filter { $0.hasPrefix("pods/") }.count == 41)
        let most = bench.cluster.state.withLock { $0.mostRunning }
        #expect(most > 1 && most <= 5)
    }
}
