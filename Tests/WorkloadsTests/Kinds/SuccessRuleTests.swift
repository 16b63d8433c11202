import JSON
import KubernetesModel
import Testing
import Workloads

@Suite("When a job runs and when it has succeeded")
struct SuccessRuleTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var title: String
        var profile: FrameworkProfile
        var outcomes: [RoleOutcome]
        var spec = "{}"
        var isRunning = false
        var hasSucceeded = false
        var testDescription: String { "\(profile.resource.kind): \(title)" }
    }

    private static func role(_ name: String, _ count: Int, active: Int = 0, done: Int...) -> RoleOutcome {
        RoleOutcome(name, count: count, active: active, succeeded: Set(done))
    }

    static let rows: [Row] = [
        Row(title: "the chief runs", profile: .tensorFlow, outcomes: [role("Chief", 1, active: 1)], isRunning: true),
        Row(
            title: "workers run, the chief does not", profile: .tensorFlow,
            outcomes: [role("Chief", 1), role("Worker", 2, active: 2)]),
        Row(
            title: "the chief is done", profile: .tensorFlow,
            outcomes: [role("Chief", 1, done: 0), role("Worker", 2, active: 2)], hasSucceeded: true),
        Row(
            title: "the chief is done, all workers must be", profile: .tensorFlow,
            outcomes: [role("Chief", 1, done: 0), role("Worker", 2, active: 1, done: 1)],
            spec: #"{"successPolicy": "AllWorkers"}"#),
        Row(
            title: "without a chief the first worker decides", profile: .tensorFlow,
            outcomes: [role("PS", 1, active: 1), role("Worker", 2, active: 1, done: 0)], isRunning: true,
            hasSucceeded: true),
        Row(
            title: "another worker than the first does not", profile: .tensorFlow,
            outcomes: [role("Worker", 2, active: 1, done: 1)], isRunning: true),
        Row(
            title: "all workers must be done, one is", profile: .tensorFlow,
            outcomes: [role("Worker", 2, active: 1, done: 0)], spec: #"{"successPolicy": "AllWorkers"}"#,
            isRunning: true),
        Row(title: "parameter servers alone never succeed", profile: .tensorFlow, outcomes: [role("PS", 1, done: 0)]),
        Row(
            title: "the master is done, a worker is not", profile: .pyTorch,
            outcomes: [role("Master", 1, done: 0), role("Worker", 1, active: 1)]),
        Row(
            title: "all are done", profile: .pyTorch,
            outcomes: [role("Master", 1, done: 0), role("Worker", 1, done: 0)],
            hasSucceeded: true),
        Row(
            title: "the launcher waits for workers", profile: .mpi,
            outcomes: [role("Worker", 2, active: 1), role("Launcher", 1, active: 1)]),
        Row(
            title: "launcher and workers run", profile: .mpi,
            outcomes: [role("Worker", 2, active: 2), role("Launcher", 1, active: 1)], isRunning: true),
        Row(
            title: "the launcher is done", profile: .mpi,
            outcomes: [role("Worker", 2, active: 2), role("Launcher", 1, done: 0)], hasSucceeded: true),
        Row(
            title: "the master is done", profile: .xgBoost,
            outcomes: [role("Master", 1, done: 0), role("Worker", 2, active: 2)], hasSucceeded: true),
        Row(
            title: "nine of ten workers are enough for 90 percent", profile: .xdl,
            outcomes: [role("PS", 1, active: 1), RoleOutcome("Worker", count: 10, succeeded: Set(0..<9))],
            spec: #"{"minFinishWorkRate": 90}"#, isRunning: true, hasSucceeded: true),
        Row(
            title: "nine of eleven are not", profile: .xdl,
            outcomes: [RoleOutcome("Worker", count: 11, succeeded: Set(0..<9))], spec: #"{"minFinishWorkRate": 90}"#),
        Row(
            title: "extended workers count", profile: .xdl,
            outcomes: [role("Worker", 1, done: 0), role("ExtendRole", 1)], spec: #"{"minFinishWorkNum": 1}"#,
            hasSucceeded: true),
        Row(
            title: "the rate wins over the number", profile: .xdl, outcomes: [role("Worker", 2, done: 0)],
            spec: #"{"minFinishWorkNum": 1, "minFinishWorkRate": 100}"#),
        Row(title: "no workers are no success", profile: .xdl, outcomes: [role("Worker", 0)]),
        Row(
            title: "all schedulers are done", profile: .mars,
            outcomes: [role("Scheduler", 2, done: 0, 1), role("Worker", 1, active: 1)], isRunning: true,
            hasSucceeded: true),
        Row(title: "one of two schedulers is done", profile: .mars, outcomes: [role("Scheduler", 2, done: 0)]),
        Row(
            title: "the master is done", profile: .elasticDL, outcomes: [role("Master", 1, done: 0)], hasSucceeded: true
        ),
        Row(
            title: "all workers are done", profile: .elasticBatch,
            outcomes: [role("AIMaster", 1, active: 1), role("Worker", 2, done: 0, 1)], isRunning: true,
            hasSucceeded: true),
        Row(
            title: "a worker is done", profile: .elasticBatch,
            outcomes: [role("AIMaster", 1), role("Worker", 2, done: 0)]),
    ]

    @Test("follows the framework's rule", arguments: rows)
    func decides(row: Row) throws {
        #expect(row.profile.running.holds(row.outcomes) == row.isRunning)
        let spec = try JSONDocument(parsing: row.spec).root
        #expect(row.profile.success.holds(row.outcomes, spec: spec) == row.hasSucceeded)
    }
}
