import JSON
import KubernetesModel
import Reconciliation
import Testing
import Workloads

@Suite("Jobs of every framework")
struct FrameworkTests {
    struct Life: Sendable, CustomTestStringConvertible {
        var profile: FrameworkProfile
        var roles: [(String, Int)]
        var pods: [String]
        /// Pods whose success is the job's.
        var deciders: [String]
        var testDescription: String { profile.resource.kind }
    }

    static let lives = [
        Life(
            profile: .tensorFlow, roles: [("PS", 1), ("Chief", 1), ("Worker", 1), ("Evaluator", 1)],
            pods: ["a-chief-0", "a-evaluator-0", "a-ps-0", "a-worker-0"], deciders: ["a-chief-0"]),
        Life(
            profile: .pyTorch, roles: [("Master", 1), ("Worker", 1)], pods: ["a-master-0", "a-worker-0"],
            deciders: ["a-master-0", "a-worker-0"]),
        Life(
            profile: .mpi, roles: [("Launcher", 1), ("Worker", 2)],
            pods: ["a-launcher-0", "a-worker-0", "a-worker-1"], deciders: ["a-launcher-0"]),
        Life(
            profile: .xgBoost, roles: [("Master", 1), ("Worker", 1)], pods: ["a-master-0", "a-worker-0"],
            deciders: ["a-master-0"]),
        Life(
            profile: .xdl, roles: [("PS", 1), ("Scheduler", 1), ("Worker", 1)],
            pods: ["a-ps-0", "a-scheduler-0", "a-worker-0"], deciders: ["a-worker-0"]),
        Life(
            profile: .mars, roles: [("Scheduler", 1), ("WebService", 1), ("Worker", 1)],
            pods: ["a-scheduler-0", "a-webservice-0", "a-worker-0"], deciders: ["a-scheduler-0"]),
        Life(
            profile: .elasticDL, roles: [("Master", 1)], pods: ["elasticdl-a-master"],
            deciders: ["elasticdl-a-master"]),
        Life(
            profile: .elasticBatch, roles: [("AIMaster", 1), ("Worker", 2)],
            pods: ["a-aimaster-0", "a-worker-0", "a-worker-1"], deciders: ["a-worker-0", "a-worker-1"]),
    ]

    @Test("from creation to success", arguments: lives)
    func succeeds(life: Life) throws {
        var world = try World(life.profile, life.roles)
        try world.settle()
        #expect(world.podNames == life.pods)
        #expect(world.conditions == ["Created=True"])
        world.setAll("Running")
        try world.settle()
        #expect(world.conditions == ["Created=True", "Running=True"])
        for pod in life.deciders { world.set(pod, "Succeeded", exitCode: 0) }
        try world.pass()
        #expect(world.conditions == ["Created=True", "Running=False", "Succeeded=True"])
    }

    @Test(
        "a pod that nothing replaces fails the job where the framework says so",
        arguments: [
            ("a-worker-0", FrameworkProfile.tensorFlow, "Worker", true), ("a-worker-0", .xdl, "Worker", true),
            ("a-worker-0", .mpi, "Launcher", false), ("a-launcher-0", .mpi, "Launcher", true),
            ("a-worker-0", .mars, "Scheduler", false), ("a-scheduler-0", .mars, "Scheduler", true),
        ])
    func fails(pod: String, profile: FrameworkProfile, other: String, isEnd: Bool) throws {
        var world = try World(profile, [("Worker", 1)] + (other == "Worker" ? [] : [(other, 1)]))
        try world.settle()
        world.setAll("Running")
        world.set(pod, "Failed", exitCode: 1)
        try world.pass()
        #expect(world.conditions.contains("Failed=True") == isEnd)
    }

    @Test("an evicted worker fails an MPI job, which cannot go on without it")
    func failsByEviction() throws {
        var world = try World(.mpi, [("Launcher", 1), ("Worker", 1)])
        try world.settle()
        world.set("a-worker-0", "Failed", reason: "Evicted")
        try world.pass()
        #expect(world.conditions.last == "Failed=True")
    }

    @Test("an MPI job gets hosts, remote shell and rights together with its pods, once")
    func makesCompanions() throws {
        var world = try World(.mpi, [("Launcher", 1), ("Worker", 1)])
        let plan = try world.plan()
        #expect(plan.companions.allSatisfy { $0.body[path: "metadata", "ownerReferences"]?[0]?["uid"] == "job-uid" })
        try world.settle()
        #expect(
            world.companions == [
                "ConfigMap/a-config", "ServiceAccount/a-launcher", "Role/a-launcher", "RoleBinding/a-launcher",
            ])
        let launcher = world.pods["a-launcher-0"]
        #expect(launcher?[path: "spec", "serviceAccountName"] == "a-launcher")
        #expect(launcher?[path: "spec", "initContainers"]?[0]?["name"] == "kubectl-delivery")
        #expect(world.pods["a-worker-0"]?[path: "spec", "containers"]?[0]?["command"] == ["sleep", "365d"])
    }

    @Test("an elastic job follows its number of workers up and down")
    func scales() throws {
        var world = try World(.elasticBatch, [("AIMaster", 1), ("Worker", 1)])
        try world.settle()
        world = world.spec("elasticBatchReplicaSpecs", "Worker", "replicas", is: 3)
        try world.settle()
        #expect(world.podNames == ["a-aimaster-0", "a-worker-0", "a-worker-1", "a-worker-2"])
        world = world.spec("elasticBatchReplicaSpecs", "Worker", "replicas", is: 1)
        try world.settle()
        #expect(world.podNames == ["a-aimaster-0", "a-worker-0"])
    }

    @Test("only the framework's container is told about the others, by the names of this job")
    func tellsMainContainer() throws {
        var world = try World(.tensorFlow, [("Worker", 2)])
        let path = ["spec", "tfReplicaSpecs", "Worker", "template", "spec", "containers"]
        world.job[path: path] = [["name": "tensorflow", "image": "x"], ["name": "side", "image": "x"]]
        try world.settle()
        let containers = world.pods["a-worker-1"]?[path: "spec", "containers"]
        #expect(containers?[0]?["env"]?[0]?["value"]?.string?.contains("a-worker-1.ml.svc:2222") == true)
        #expect(containers?[1]?["env"]?.isEmpty ?? true)
    }
}
