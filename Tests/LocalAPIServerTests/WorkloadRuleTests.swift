import JSON
import KubernetesModel
import Testing

@testable import LocalAPIServer

/// Source of all: pkg/apis/{apps,batch}/v1/defaults.go and pkg/apis/{apps,batch}/validation of Kubernetes 1.36.
@Suite("Defaults and rules of workloads")
struct WorkloadRuleTests {
    private let behavior = WorkloadBehavior(table: .nameAndAge)

    /// A workload with a template; `spec` adds to its spec.
    private func workload(_ kind: String, _ spec: String, policy: String = "Always") throws -> JSONValue {
        var object = try JSONValue(
            parsing: Array(
                #"""
                {"kind":"\#(kind)","metadata":{"name":"a"},"spec":{"selector":{"matchLabels":{"app":"a"}},
                 "template":{"metadata":{"labels":{"app":"a"}},
                  "spec":{"restartPolicy":"\#(policy)","containers":[{"name":"c","image":"x"}]}}}}
                """#.utf8))
        for (key, value) in try JSONValue(parsing: Array(spec.utf8)).members ?? [] { object[path: "spec", key] = value }
        behavior.setDefaults(&object)
        return object
    }

    @Test(
        "what a manifest leaves out is filled in",
        arguments: [
            ("Deployment", "{}", ["replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600]),
            (
                "Deployment", "{}",
                ["strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": "25%", "maxUnavailable": "25%"]]]
            ),
            ("Deployment", #"{"strategy":{"type":"Recreate"}}"#, ["strategy": ["type": "Recreate"]]),
            ("ReplicaSet", "{}", ["replicas": 1]),
            ("Job", "{}", ["completions": 1, "parallelism": 1, "backoffLimit": 6, "completionMode": "NonIndexed"]),
            ("Job", #"{"backoffLimitPerIndex":1}"#, ["backoffLimit": 2_147_483_647, "suspend": false]),
            ("Job", "{}", ["podReplacementPolicy": "TerminatingOrFailed"]),
            ("Job", #"{"podFailurePolicy":{"rules":[]}}"#, ["podReplacementPolicy": "Failed"]),
        ] as [(String, String, JSONValue)])
    func defaults(_ kind: String, _ spec: String, _ expected: JSONValue) throws {
        let object = try workload(kind, spec)
        for (key, value) in expected.members ?? [] { #expect(object[path: "spec", key] == value) }
    }

    @Test("a Job with parallelism only has no completions, and takes its template's labels")
    func jobs() throws {
        let job = try workload("Job", #"{"parallelism":2}"#)
        #expect(job[path: "spec", "completions"] == nil)
        #expect(job[path: "metadata", "labels"] == ["app": "a"])
    }

    @Test(
        "what cannot work is refused",
        arguments: [
            (
                "Deployment", #"{"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":"0%"}}}"#,
                "may not be 0 when"
            ),
            ("Deployment", #"{"strategy":{"type":"Recreate","rollingUpdate":{}}}"#, "may not be specified when"),
            (
                "Deployment", #"{"minReadySeconds":9,"progressDeadlineSeconds":9}"#,
                "must be greater than minReadySeconds"
            ),
            ("Deployment", #"{"replicas":-1}"#, "must be greater than or equal to 0"),
            ("Job", #"{"completionMode":"Indexed","parallelism":1}"#, "when completion mode is Indexed"),
            ("Job", #"{"ttlSecondsAfterFinished":-1}"#, "must be greater than or equal to 0"),
        ])
    func refusals(_ kind: String, _ spec: String, _ problem: String) throws {
        let object = try workload(kind, spec, policy: kind == "Job" ? "Never" : "Always")
        let errors = behavior.validate(object).map(\.detail)
        #expect(errors.contains { $0.contains(problem) }, "\(errors)")
        #expect(behavior.validate(try workload(kind, "{}", policy: kind == "Job" ? "Never" : "Always")).isEmpty)
    }

    @Test(
        "a Job may change its parallelism and suspension, and its template only while it is suspended",
        arguments: [
            ("{}", #"{"completions":1,"parallelism":3}"#, true), ("{}", #"{"suspend":true}"#, true),
            ("{}", #"{"completions":3}"#, false),
            ("{}", #"{"template":{"spec":{"containers":[]}}}"#, false),
            (
                #"{"completionMode":"Indexed","completions":2,"parallelism":2}"#,
                #"{"completionMode":"Indexed","completions":3,"parallelism":3}"#, true
            ),
        ])
    func updates(_ before: String, _ after: String, _ isAllowed: Bool) throws {
        let old = try workload("Job", before, policy: "Never")
        let errors = behavior.validateUpdate(try workload("Job", after, policy: "Never"), from: old)
        #expect(!errors.contains { $0.detail == "field is immutable" } == isAllowed)
    }
}
