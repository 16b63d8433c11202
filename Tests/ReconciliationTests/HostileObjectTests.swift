import JSON
import KubernetesModel
import Reconciliation
import TestSupport
import Testing
import Workloads

@Suite("Worlds changed at random")
struct HostileObjectTests {
    @Test("any job with any pods gets a plan, and no plan makes a pod twice", arguments: 1...8)
    func plans(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var start = try World(isHost: true).spec("backoffLimit", is: 2).spec("activeDeadlineSeconds", is: 99)
            .spec("ttlSecondsAfterFinished", is: 5)
            .spec(
                "modelVersion", is: ["modelName": "m", "storage": ["localStorage": ["path": "/a", "mountPath": "/b"]]])
        try start.settle()
        start.setAll("Running")
        start.set("digits-worker-0", "Failed", exitCode: 137, restarts: 1)
        start.job[path: ["status", "replicaStatuses", "Worker", "restarts"]] = ["1": 1]
        for _ in 0..<50 {
            var world = start
            for _ in 0..<Int.random(in: 0...3, using: &random) { world.job = world.job.mutated(using: &random) }
            for name in world.pods.keys.sorted() where Bool.random(using: &random) {
                world.pods[name] = world.pods[name]?.mutated(using: &random)
            }
            for name in world.services.keys.sorted() where Bool.random(using: &random) {
                world.services[name] = world.services[name]?.mutated(using: &random)
            }
            // A wild count is bounded, but ten thousand pods each round would only take time.
            for role in ["Master", "Worker"] {
                let path = ["spec", "pytorchReplicaSpecs", role, "replicas"]
                if let count = world.job[path: path]?.int, count > 20 { world.job[path: path] = 20 }
            }
            let plan = try world.plan()
            let names = plan.creations.map { "\($0.kind) \($0.name)" }
            #expect(Set(names).count == names.count)
            #expect(plan.requeueAfter.map { $0 >= .zero } ?? true)
            for creation in plan.creations { _ = try creation.body.document() }
        }
    }

    @Test("numbers beyond all measure are bounded")
    func bounds() throws {
        var world = try World(workers: 0).spec("pytorchReplicaSpecs", "Worker", "replicas", is: JSONValue(Int.max))
        #expect(try world.observed().job.totalReplicas == JobValidation.maximumReplicas + 1)
        world = try World()
        try world.settle()
        world = world.spec("activeDeadlineSeconds", is: JSONValue(Int.max))
        #expect(try world.plan().requeueAfter == .seconds(Int64(Int32.max)))
        try world.settle()
        world.pods["digits-master-0"]?.setAnnotation(.restartCount, Int.max)
        world.set("digits-master-0", "Failed", exitCode: 137)
        world.job[path: ["status", "replicaStatuses", "Master", "restarts"]] = ["0": JSONValue(Int.max)]
        #expect(try world.plan().deletions.count == 1)
    }
}
