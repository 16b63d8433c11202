import JSON
import KubernetesModel
import LocalControllers
import Testing

/// Source of all: pkg/controller/job of Kubernetes 1.36 and the Job documentation.
@Suite("Jobs")
struct JobTests {
    private func job(_ spec: String, status: String = #"{"startTime":"2027-01-15T07:59:00Z"}"#) throws -> JSONView {
        try object(
            #"""
            {"metadata":{"name":"sum","namespace":"ns","uid":"root"},"status":\#(status),
             "spec":{\#(spec),"selector":{"matchLabels":{"app":"web"}},
              "template":{"metadata":{"labels":{"app":"web"}},"spec":{"restartPolicy":"Never",
               "containers":[{"name":"c"}]}}}}
            """#)
    }

    /// A pod that the Job still counts; `index` is its completion index.
    private func member(
        _ name: String, _ phase: String, index: Int? = nil, code: Int? = nil, ended: Int64 = 900, extra: String = ""
    ) throws -> JSONView {
        let notes = index.map { #""annotations":{"batch.kubernetes.io/job-completion-index":"\#($0)"},"# } ?? ""
        let end = code.map {
            #""containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":\#($0),"finishedAt":"\#(now - .seconds(ended))"}}}],"#
        }
        return try pod(
            name, phase: phase, ready: phase == "Running" ? 5 : nil,
            metadata: #""finalizers":["batch.kubernetes.io/job-tracking"],"# + notes + extra, status: end ?? "")
    }

    private func plan(_ root: JSONView, _ pods: [JSONView]) -> Plan {
        Controller.jobs.plan(root, World([.pods: pods], now: now))
    }

    @Test(
        "as many pods run as parallelism and what is left to complete allow",
        arguments: [
            (#""completions":5,"parallelism":2"#, 0, 2), (#""completions":5,"parallelism":2"#, 4, 1),
            (#""completions":2,"parallelism":9"#, 0, 2), (#""parallelism":3"#, 0, 3), (#""parallelism":3"#, 1, 0),
            (#""completions":5,"parallelism":2,"suspend":true"#, 0, 0),
        ])
    func parallelism(_ spec: String, _ succeeded: Int, _ created: Int) throws {
        let plan = plan(try job(spec, status: #"{"succeeded":\#(succeeded),"startTime":"2027-01-15T07:59:00Z"}"#), [])
        #expect(plan.lines == Array(repeating: "create pods sum-", count: created))
        #expect(plan.number("active") == created)
    }

    @Test("a pod is counted in three steps: its UID in the status, its finalizer, the counter")
    func counting() throws {
        let spec = #""completions":2,"parallelism":1"#
        let first = plan(try job(spec), [try member("a", "Succeeded")])
        #expect(first.status?[path: "uncountedTerminatedPods", "succeeded"]?.strings == ["a"])
        #expect(!first.lines.contains("release a"))
        let second = plan(
            try job(spec, status: #"{"uncountedTerminatedPods":{"succeeded":["a"]}}"#), [try member("a", "Succeeded")])
        #expect(second.lines.contains("release a"))
        #expect(second.number("succeeded") == 0)
        let third = plan(
            try job(spec, status: #"{"uncountedTerminatedPods":{"succeeded":["a"]}}"#),
            [try pod("a", phase: "Succeeded")])
        #expect(third.number("succeeded") == 1)
        #expect(third.status?["uncountedTerminatedPods"]?.isEmpty == true)
    }

    @Test("a Job is complete only when every pod is counted and gone")
    func completes() throws {
        let spec = #""completions":1,"parallelism":1"#
        let interim = plan(try job(spec), [try member("a", "Succeeded")])
        #expect(interim.condition("SuccessCriteriaMet") == "True CompletionsReached")
        #expect(interim.condition("Complete") == nil)
        let status = #"""
            {"succeeded":1,"conditions":[{"type":"SuccessCriteriaMet","status":"True","reason":"CompletionsReached"}]}
            """#
        let leaving = try pod("b", metadata: #""deletionTimestamp":"2026-01-01T00:00:00Z","#)
        #expect(plan(try job(spec, status: status), [leaving]).condition("Complete") == nil)
        let done = plan(try job(spec, status: status), [try pod("a", phase: "Succeeded")])
        #expect(done.condition("Complete") == "True CompletionsReached")
        #expect(done.status?["completionTime"]?.string == now.description)
        #expect(done.events.map(\.reason) == ["Completed"])
    }

    @Test(
        "more failures than backoffLimit fail the Job and delete what still runs", arguments: [(1, true), (2, false)])
    func backoffLimit(_ limit: Int, _ fails: Bool) throws {
        let plan = plan(
            try job(#""completions":3,"parallelism":3,"backoffLimit":\#(limit)"#),
            [try member("a", "Failed"), try member("b", "Failed"), try member("c", "Running")])
        #expect((plan.condition("FailureTarget") == "True BackoffLimitExceeded") == fails)
        #expect(plan.lines.contains("delete pods c") == fails)
    }

    @Test(
        "after a failure the next pod waits 10 s, doubled with each failure since the last success, at most 10 min",
        arguments: [(1, 4, 6), (2, 4, 16), (3, 4, 36), (9, 4, 596), (1, 11, 0)])
    func backoff(_ failures: Int, _ passed: Int64, _ wait: Int) throws {
        let pods = try (0..<failures).map { try member("p\($0)", "Failed", code: 1, ended: passed) }
        let plan = plan(try job(#""completions":1,"parallelism":1,"backoffLimit":50"#), pods)
        #expect(plan.again == (wait == 0 ? nil : .seconds(wait)))
        #expect(plan.lines.contains("create pods sum-") == (wait == 0))
    }

    @Test("activeDeadlineSeconds fails the Job", arguments: [(60, true), (61, false)])
    func activeDeadline(_ seconds: Int, _ fails: Bool) throws {
        let start = #"{"startTime":"\#(now - .seconds(60))"}"#
        let plan = plan(
            try job(#""completions":1,"parallelism":1,"activeDeadlineSeconds":\#(seconds)"#, status: start),
            [try member("a", "Running")])
        #expect((plan.condition("FailureTarget") == "True DeadlineExceeded") == fails)
        #expect(plan.again == (fails ? nil : .seconds(1)))
    }

    @Test("an indexed Job fills the lowest free indexes and tells each pod its own")
    func indexed() throws {
        let root = try job(
            #""completions":5,"parallelism":3,"completionMode":"Indexed""#, status: #"{"completedIndexes":"0"}"#)
        let plan = plan(root, [try member("a", "Running", index: 2), try member("b", "Succeeded", index: 1)])
        #expect(plan.lines == ["create pods sum-3-3", "create pods sum-4-4"])
        #expect(plan.status?["completedIndexes"]?.string == "0,1")
        #expect(plan.number("succeeded") == 2)
        guard case .create(_, let made)? = plan.changes.first else { return }
        #expect(made[path: "spec", "hostname"]?.string == "sum-3")
        let variable = made[path: "spec", "containers"]?[0]?[path: "env"]?[0]
        #expect(variable?["name"]?.string == "JOB_COMPLETION_INDEX")
        #expect(
            variable?[path: "valueFrom", "fieldRef", "fieldPath"]?.string
                == "metadata.labels['batch.kubernetes.io/job-completion-index']")
    }

    @Test("of two pods with one index only one stays")
    func duplicates() throws {
        let root = try job(#""completions":2,"parallelism":2,"completionMode":"Indexed""#)
        let plan = plan(root, [try member("a", "Pending", index: 0), try member("b", "Running", index: 0)])
        #expect(plan.lines == ["release a", "delete pods a"])
    }

    @Test(
        "completed indexes are written in runs",
        arguments: [([0, 1, 2, 4], "0-2,4"), ([3, 4], "3,4"), ([1, 3], "1,3")])
    func runs(_ indexes: [Int], _ text: String) throws {
        let root = try job(#""completions":9,"parallelism":1,"completionMode":"Indexed""#)
        let plan = plan(root, try indexes.map { try member("p\($0)", "Succeeded", index: $0) })
        #expect(plan.status?["completedIndexes"]?.string == text)
    }

    @Test("suspending takes the pods away uncounted; resuming starts the time anew")
    func suspension() throws {
        let suspended = plan(
            try job(#""completions":1,"parallelism":1,"suspend":true"#), [try member("a", "Running")])
        #expect(suspended.lines == ["release a", "delete pods a"])
        #expect(suspended.condition("Suspended") == "True JobSuspended")
        let before = #"{"startTime":"2026-01-01T00:00:00Z","conditions":[{"type":"Suspended","status":"True"}]}"#
        let resumed = plan(try job(#""completions":1,"parallelism":1"#, status: before), [])
        #expect(resumed.condition("Suspended") == "False JobResumed")
        #expect(resumed.status?["startTime"]?.string == now.description)
    }

    @Test(
        "a pod failure policy fails the Job, or ignores the failure",
        arguments: [("FailJob", "True PodFailurePolicy", 1), ("Ignore", nil, 0), ("Count", nil, 1)])
    func failurePolicy(_ action: String, _ condition: String?, _ counted: Int) throws {
        let rule = #"{"action":"\#(action)","onExitCodes":{"operator":"In","values":[42]}}"#
        let plan = plan(
            try job(#""completions":1,"parallelism":1,"podFailurePolicy":{"rules":[\#(rule)]}"#),
            [try member("a", "Failed", code: 42)])
        #expect(plan.condition("FailureTarget") == condition)
        #expect((plan.status?[path: "uncountedTerminatedPods", "failed"]?.count ?? 0) == counted)
    }

    @Test("a finished Job is deleted when its time to live is over", arguments: [(9, true), (11, false)])
    func expiry(_ seconds: Int, _ isDeleted: Bool) throws {
        let end = #"{"type":"Complete","status":"True","lastTransitionTime":"\#(now - .seconds(10))"}"#
        let plan = plan(
            try job(#""ttlSecondsAfterFinished":\#(seconds)"#, status: #"{"conditions":[\#(end)]}"#), [])
        #expect(plan.lines == (isDeleted ? ["delete jobs sum"] : []))
        #expect(plan.again == (isDeleted ? nil : .seconds(1)))
    }

    @Test("a pod whose Job is gone loses its finalizer, one whose Job is there keeps it")
    func orphans() throws {
        let member = try member("a", "Running")
        #expect(Controller.orphanedJobPods.plan(member, World(now: now)).lines == ["release a"])
        let world = World([.jobs: [try job(#""completions":1"#)]], now: now)
        #expect(Controller.orphanedJobPods.plan(member, world).lines.isEmpty)
    }
}
