import JSON
import KubernetesModel
import LocalControllers
import Testing

@Suite("Disruption budgets and quotas")
struct AccountTests {
    struct Budget: Sendable {
        var spec: String
        /// How many pods are ready, of four.
        var ready: Int
        /// Allowed, desired, expected; the scale of the pods' ReplicaSet is 5.
        var counts: [Int]
    }

    /// Source: pkg/controller/disruption, and "Specifying a Disruption Budget" of the documentation: shares round up.
    @Test(
        "a budget allows what its healthy pods exceed the wanted ones by",
        arguments: [
            Budget(spec: #""minAvailable":3"#, ready: 4, counts: [1, 3, 4]),
            Budget(spec: #""minAvailable":3"#, ready: 2, counts: [0, 3, 4]),
            Budget(spec: #""minAvailable":"50%""#, ready: 4, counts: [1, 3, 5]),
            Budget(spec: #""maxUnavailable":1"#, ready: 4, counts: [0, 4, 5]),
            Budget(spec: #""maxUnavailable":"30%""#, ready: 4, counts: [1, 3, 5]),
            Budget(spec: #""maxUnavailable":9"#, ready: 4, counts: [4, 0, 5]),
        ])
    func budgets(_ budget: Budget) throws {
        let root = try object(
            #"""
            {"metadata":{"name":"b","namespace":"ns"},
             "spec":{\#(budget.spec),"selector":{"matchLabels":{"app":"web"}}}}
            """#)
        let set = try object(#"{"metadata":{"name":"s","uid":"root"},"spec":{"replicas":5}}"#)
        let pods = try (0..<4).map { try pod("p\($0)", ready: $0 < budget.ready ? 9 : nil) }
        let plan = Controller.budgets.plan(root, World([.pods: pods, .replicaSets: [set]], now: now))
        #expect(["disruptionsAllowed", "desiredHealthy", "expectedPods"].map(plan.number) == budget.counts)
        #expect(plan.number("currentHealthy") == budget.ready)
        #expect(
            plan.condition("DisruptionAllowed")
                == (budget.counts[0] > 0 ? "True SufficientPods" : "False InsufficientPods"))
    }

    /// Source: disruption.go, `failSafe`.
    @Test("a budget that cannot know how many pods there should be allows nothing")
    func failSafe() throws {
        let root = try object(
            #"{"metadata":{"name":"b"},"spec":{"maxUnavailable":1,"selector":{"matchLabels":{"app":"web"}}}}"#)
        let plan = Controller.budgets.plan(root, World([.pods: [try pod("a")]], now: now))
        #expect(plan.number("disruptionsAllowed") == 0)
        #expect(plan.condition("DisruptionAllowed") == "False SyncFailed")
    }

    /// Source: k8s.io/apiserver pkg/quota/v1/evaluator/core/pods.go: ended pods use nothing but a place in their count.
    @Test("a quota's status says what is used of each thing that it limits")
    func quota() throws {
        let root = try object(
            #"{"metadata":{"name":"q"},"spec":{"hard":{"pods":"3","count/pods":"9","requests.cpu":"2","secrets":"1"}}}"#
        )
        let resources = #"{"containers":[{"resources":{"requests":{"cpu":"500m"}}}]}"#
        let pods = try ["Running", "Pending", "Failed"].map {
            try object(#"{"metadata":{"name":"\#($0)"},"spec":\#(resources),"status":{"phase":"\#($0)"}}"#)
        }
        let plan = Controller.quotas.plan(root, World([.pods: pods], now: now))
        #expect(plan.status?["used"] == ["pods": "2", "count/pods": "3", "requests.cpu": "1", "secrets": "0"])
        #expect(plan.status?["hard"] == root[path: "spec", "hard"].map { JSONValue($0) })
    }
}
