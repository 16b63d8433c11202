import JSON
import KubernetesModel
import Reconciliation
import Testing
import Workloads

@Suite("The life of a PyTorchJob")
struct LifeTests {
    @Test("from creation to success, with one status write for each change")
    func succeeds() throws {
        var world = try World()
        try world.settle()
        #expect(world.podNames == ["digits-master-0", "digits-worker-0", "digits-worker-1"])
        #expect(world.services.keys.sorted() == ["digits-master-0"])
        #expect(world.conditions == ["Created=True"])
        #expect(world.statusWrites == 1)
        world.setAll("Pending")
        try world.settle()
        world.setAll("Running")
        try world.settle()
        #expect(world.conditions == ["Created=True", "Running=True"])
        #expect(world.counts("Worker") == ["active": 2])
        world.set("digits-master-0", "Succeeded", exitCode: 0)
        try world.settle()
        #expect(world.conditions.last == "Running=True")
        world.set("digits-worker-0", "Succeeded", exitCode: 0)
        world.set("digits-worker-1", "Succeeded", exitCode: 0)
        world.now = world.now + .seconds(30)
        try world.settle()
        #expect(world.conditions == ["Created=True", "Running=False", "Succeeded=True"])
        #expect(world.counts("Master") == ["succeeded": 1] && world.counts("Worker") == ["succeeded": 2])
        #expect(world.job[path: ["status", "startTime"]] == "2023-11-14T22:13:20Z")
        #expect(world.job[path: ["status", "completionTime"]] == "2023-11-14T22:13:50Z")
        #expect(world.statusWrites == 4)
        #expect(world.events.map(\.reason) == ["JobSucceeded"])
        #expect(world.podNames.count == 3)
    }

    @Test("a job with only a master succeeds with it")
    func succeedsAlone() throws {
        var world = try World(workers: 0)
        try world.settle()
        #expect(world.podNames == ["digits-master-0"])
        world.setAll("Succeeded")
        try world.settle()
        #expect(world.conditions.last == "Succeeded=True")
    }

    @Test("a wrong job that passed the webhook by fails with every problem before anything is made for it")
    func failsInvalidJobs() throws {
        var world = try World().spec("cacheBackend", is: ["name": "c"]).spec("backoffLimit", is: -1)
        try world.settle()
        #expect(world.podNames.isEmpty && world.services.isEmpty)
        #expect(world.conditions == ["Created=True", "Failed=True"])
        let message = world.job[path: ["status", "conditions"]]?[1]?["message"]?.string ?? ""
        #expect(message.contains("spec.backoffLimit: Invalid value: -1") && message.contains("spec.cacheBackend"))
        #expect(world.events.map(\.reason) == ["JobFailed"])
    }

    @Test("a job that has begun is not judged again")
    func keepsBegunJobs() throws {
        var world = try World()
        try world.settle()
        world = world.spec("cacheBackend", is: ["name": "c"])
        try world.settle()
        #expect(world.conditions == ["Created=True"] && world.podNames.count == 3)
    }

    @Test("an unchanged job is left in peace")
    func isQuiet() throws {
        var world = try World()
        try world.settle()
        world.setAll("Running")
        try world.settle()
        world.now = world.now + .seconds(3600)
        let plan = try world.plan()
        #expect(plan.status == nil && plan.events.isEmpty && plan.creations.isEmpty && plan.requeueAfter == nil)
    }

    @Test("a job that is being deleted makes nothing new")
    func leavesDeletedJobs() throws {
        var world = try World()
        world.job[path: ["metadata", "deletionTimestamp"]] = "2026-01-01T00:00:00Z"
        let plan = try world.pass()
        #expect(plan.creations.isEmpty && plan.status == nil)
    }

    @Test("without gangs, workers wait for the master to run")
    func startsInOrder() throws {
        var world = try World()
        world.configuration.gangSchedulerName = ""
        try world.settle()
        #expect(world.podNames == ["digits-master-0"])
        #expect(world.pods["digits-master-0"]?[path: ["metadata", "labels", "kubedl.io/gang-name"]] == nil)
        world.set("digits-master-0", "Running")
        try world.settle()
        #expect(world.podNames.count == 3)
    }

    @Test("a pod that someone deleted is made anew, but not while it is still going")
    func replacesLostPods() throws {
        var world = try World()
        try world.settle()
        world.pods["digits-worker-1"]?[path: ["metadata", "deletionTimestamp"]] = "2026-01-01T00:00:00Z"
        #expect(try world.plan().creations.isEmpty)
        world.pods["digits-worker-1"] = nil
        #expect(try world.plan().creations.map(\.name) == ["digits-worker-1"])
    }

    @Test("pods outside of the job's counts are deleted")
    func deletesSurplus() throws {
        var world = try World(workers: 3)
        try world.settle()
        world.job[path: ["spec", "pytorchReplicaSpecs", "Worker", "replicas"]] = 1
        try world.settle()
        #expect(world.podNames == ["digits-master-0", "digits-worker-0"])
    }
}
