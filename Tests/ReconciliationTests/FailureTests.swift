import JSON
import KubernetesModel
import Reconciliation
import Testing
import Workloads

@Suite("Failures of a PyTorchJob")
struct FailureTests {
    private func running(_ world: World) throws -> World {
        var world = world
        try world.settle()
        world.setAll("Running")
        try world.settle()
        return world
    }

    enum Outcome: String, Sendable { case restarts, fails, goesOn }

    struct Row: Sendable, CustomTestStringConvertible {
        var policy: String
        var phase: String
        var exitCode: Int?
        var reason: String?
        var outcome: Outcome
        var testDescription: String { "\(policy) \(phase) \(exitCode ?? -1) \(reason ?? "") \(outcome)" }
    }

    static let rows: [Row] =
        [130, 137, 138, 143].map { Row(policy: "ExitCode", phase: "Failed", exitCode: $0, outcome: .restarts) }
        + [1, 2, 126, 127, 128, 139, 255].map {
            Row(policy: "ExitCode", phase: "Failed", exitCode: $0, outcome: .fails)
        }
        + ["OOMKilled", "Killed", "Evicted", "UnexpectedAdmissionError"].map {
            Row(policy: "ExitCode", phase: "Failed", reason: $0, outcome: .restarts)
        } + [
            Row(policy: "ExitCode", phase: "Failed", reason: "DeadlineExceeded", outcome: .fails),
            Row(policy: "ExitCode", phase: "Running", exitCode: 137, outcome: .restarts),
            Row(policy: "ExitCode", phase: "Running", exitCode: 1, outcome: .goesOn),
            Row(policy: "Never", phase: "Failed", exitCode: 137, outcome: .fails),
            Row(policy: "Never", phase: "Failed", reason: "Evicted", outcome: .fails),
            Row(policy: "OnFailure", phase: "Failed", exitCode: 137, outcome: .fails),
            Row(policy: "OnFailure", phase: "Failed", reason: "Evicted", outcome: .restarts),
            Row(policy: "Always", phase: "Running", exitCode: 1, outcome: .goesOn),
        ]

    @Test("restart policy, exit code and reason decide what becomes of a failed worker", arguments: rows)
    func decides(row: Row) throws {
        var world = try running(
            World().spec("pytorchReplicaSpecs", "Worker", "restartPolicy", is: JSONValue(row.policy)))
        world.set("digits-worker-1", row.phase, exitCode: row.exitCode, reason: row.reason)
        let plan = try world.pass()
        switch row.outcome {
        case .restarts:
            #expect(plan.deletions.map(\.name) == ["digits-worker-1"])
            #expect(world.conditions.last == "Restarting=True")
            #expect(world.counts("Worker")?["restarts"] == ["1": 1])
            try world.settle()
            #expect(
                world.pods["digits-worker-1"]?[path: ["metadata", "annotations", "kubedl.io/restart-count"]] == "1")
            #expect(
                world.pods["digits-worker-0"]?[path: ["metadata", "annotations", "kubedl.io/restart-count"]] == "0")
        case .fails:
            #expect(plan.deletions.isEmpty)
            #expect(world.conditions == ["Created=True", "Running=False", "Failed=True"])
            #expect(world.events.suffix(2).map(\.reason) == ["PodFailed", "JobFailed"])
        case .goesOn:
            #expect(plan.deletions.isEmpty && world.conditions.last == "Running=True")
        }
    }

    @Test("seeing the same failed pod twice counts one restart")
    func countsOnce() throws {
        var world = try running(World())
        world.set("digits-master-0", "Failed", exitCode: 137)
        let plan = try world.plan()
        world.job["status"] = plan.status
        let again = try world.plan()
        #expect(again.status == nil)
        #expect(again.deletions.map(\.name) == ["digits-master-0"])
    }

    @Test("a permanent failure beside a restart fails the job")
    func prefersFailure() throws {
        var world = try running(World())
        world.set("digits-master-0", "Failed", exitCode: 137)
        world.set("digits-worker-0", "Failed", exitCode: 1)
        let plan = try world.pass()
        #expect(plan.deletions.isEmpty && world.conditions.last == "Failed=True")
        let message = world.job[path: ["status", "conditions"]]?.array?.last?["message"]?.string
        #expect(
            message == "PyTorchJob digits is failed because 1 Worker replica(s) failed (digits-worker-0: exit code 1).")
    }

    @Test("a failed init container is named with its last words")
    func namesInitContainer() throws {
        var world = try running(World())
        world.set("digits-worker-0", "Failed")
        world.pods["digits-worker-0"]?[path: ["status", "initContainerStatuses"]] = [
            [
                "name": "git-sync-code",
                "state": [
                    "terminated": [
                        "exitCode": 1, "reason": "Error",
                        "message": "cloning\ngit: https://host/a.git: branch 'x' is not there; name another branch\n",
                    ]
                ],
            ]
        ]
        _ = try world.pass()
        let message = world.job[path: ["status", "conditions"]]?.array?.last?["message"]?.string
        #expect(
            message == """
                PyTorchJob digits is failed because 1 Worker replica(s) failed (digits-worker-0: init container \
                git-sync-code: exit code 1: git: https://host/a.git: branch 'x' is not there; name another branch).
                """)
    }

    @Test("a job restarts as often as its limit says and then fails, also across controllers")
    func limitsRestarts() throws {
        var world = try running(World().spec("backoffLimit", is: 2))
        for round in 1...2 {
            world.set("digits-master-0", "Failed", exitCode: 137)
            try world.settle()
            #expect(world.counts("Master")?["restarts"] == ["0": JSONValue(round)])
            world.setAll("Running")
            try world.settle()
        }
        world.set("digits-master-0", "Failed", exitCode: 137)
        try world.settle()
        #expect(world.conditions.last == "Failed=True")
        #expect(world.job[path: ["status", "conditions"]]?.array?.last?["reason"] == "JobFailed")
    }

    @Test(
        "restarts by the kubelet count as well", arguments: [(0, 0, false), (0, 1, true), (3, 2, false), (3, 3, true)])
    func limitsKubeletRestarts(limit: Int, restarts: Int, fails: Bool) throws {
        var world = try running(World().spec("backoffLimit", is: JSONValue(limit)))
        world.set("digits-worker-0", "Running", restarts: restarts)
        world.set("digits-master-0", "Running", restarts: 7)
        try world.settle()
        #expect((world.conditions.last == "Failed=True") == fails)
    }

    @Test("a job fails when its time is up, and the controller looks again at that time")
    func keepsDeadline() throws {
        var world = try World().spec("activeDeadlineSeconds", is: 60)
        #expect(try world.pass().requeueAfter == .seconds(60))
        world.now = world.now + .seconds(59)
        #expect(try world.plan().requeueAfter == .seconds(1))
        world.now = world.now + .seconds(1)
        try world.settle()
        #expect(world.conditions.last == "Failed=True")
        let end = world.job[path: ["status", "completionTime"]]
        world.now = world.now + .seconds(600)
        let plan = try world.plan()
        #expect(plan.status == nil && plan.requeueAfter == nil)
        #expect(world.job[path: ["status", "completionTime"]] == end)
    }

    @Test("evicted pods are counted")
    func countsEvictions() throws {
        var world = try running(World().spec("pytorchReplicaSpecs", "Worker", "restartPolicy", is: "Never"))
        world.set("digits-worker-0", "Failed", reason: "Evicted")
        try world.settle()
        #expect(world.counts("Worker") == ["active": 1, "failed": 1, "evicted": 1])
    }
}

@Suite("After the end of a PyTorchJob")
struct EndTests {
    private func ended(_ policy: String) throws -> World {
        var world = try World().spec("cleanPodPolicy", is: JSONValue(policy))
        try world.settle()
        world.setAll("Running")
        try world.settle()
        world.set("digits-worker-1", "Pending")
        world.set("digits-master-0", "Failed", exitCode: 1)
        return world
    }

    @Test(
        "the clean-up policy decides what stays",
        arguments: [
            ("None", ["digits-master-0", "digits-worker-0", "digits-worker-1"], 1), ("Running", ["digits-master-0"], 0),
            ("All", [], 0), ("", [], 0),
        ])
    func cleansUp(policy: String, pods: [String], services: Int) throws {
        var world = try ended(policy)
        let plan = try world.plan()
        #expect(plan.status != nil, "the end is recorded in the pass that cleans up, before it")
        try world.settle()
        #expect(world.podNames == pods)
        #expect(world.services.count == services)
        #expect(world.conditions.last == "Failed=True")
    }

    @Test("counts stay when the pods are gone")
    func keepsCounts() throws {
        var world = try ended("All")
        try world.settle()
        #expect(world.counts("Master") == ["failed": 1])
    }

    @Test("a finished job goes when its time to live is over")
    func expires() throws {
        var world = try ended("None").spec("ttlSecondsAfterFinished", is: 100)
        try world.pass()
        #expect(try world.plan().requeueAfter == .seconds(100))
        world.now = world.now + .seconds(99)
        try world.pass()
        #expect(!world.isJobDeleted)
        world.now = world.now + .seconds(1)
        #expect(try world.pass().deletions == [JobDeletion(kind: .job, name: "digits", uid: "job-uid")])
    }
}
