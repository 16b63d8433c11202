import JSON
import KubernetesModel
import LocalControllers
import Testing

/// Source of all: pkg/controller/replicaset and pkg/controller/controller_utils.go of Kubernetes 1.36.
@Suite("ReplicaSets")
struct ReplicaSetTests {
    private func set(_ replicas: Int, spec: String = "", status: String = "{}") throws -> JSONView {
        try object(
            #"""
            {"metadata":{"name":"web","namespace":"ns","uid":"root","generation":4},"status":\#(status),
             "spec":{\#(spec)"replicas":\#(replicas),"selector":{"matchLabels":{"app":"web"}},
              "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c"}]}}}}
            """#)
    }

    private func plan(_ root: JSONView, _ pods: [JSONView], failure: String? = nil) -> Plan {
        Controller.replicaSets.plan(root, World([.pods: pods], now: now, failure: failure))
    }

    @Test("missing pods are created, ended and leaving ones do not count")
    func creates() throws {
        let plan = plan(
            try set(3),
            [
                try pod("a"), try pod("b", phase: "Failed"),
                try pod("c", metadata: #""deletionTimestamp":"2026-01-01T00:00:00Z","#),
            ])
        #expect(plan.lines == ["create pods web-", "create pods web-"])
        #expect(plan.number("replicas") == 1)
        #expect(plan.number("terminatingReplicas") == 1)
    }

    @Test("one pass creates at most 500 pods")
    func burst() throws {
        #expect(plan(try set(900), []).changes.count == 500)
    }

    /// The second of each pair goes first.
    @Test(
        "pods that are worth less go first",
        arguments: [
            ["a", #"no node"#], ["a", "pending"], ["a", "not ready"], ["a", "cheap"], ["a", "crowded"],
            ["a", "ready later"],
            ["a", "restarted"], ["a", "younger"],
        ])
    func order(_ pair: [String]) throws {
        let worth = try pod("a", metadata: #""annotations":{"controller.kubernetes.io/pod-deletion-cost":"5"},"#)
        let old = try pod("a")
        let name = "b"
        let (kept, gone, more): (JSONView, JSONView, [JSONView]) =
            switch pair[1] {
            case "no node": (old, try pod(name, phase: "Pending", ready: nil, node: ""), [])
            case "pending": (old, try pod(name, phase: "Pending", ready: nil), [])
            case "not ready": (old, try pod(name, ready: nil), [])
            case "cheap": (worth, try pod(name), [])
            case "crowded": (old, try pod(name, node: "n2"), [try pod("z", node: "n2")])
            case "ready later": (old, try pod(name, ready: 3), [])
            case "restarted": (old, try pod(name, status: #""containerStatuses":[{"name":"c","restartCount":2}],"#), [])
            default: (old, try pod(name, metadata: #""creationTimestamp":"\#(now - .seconds(2))","#), [])
            }
        let plan = plan(try set(1 + more.count), [kept, gone] + more)
        #expect(plan.lines == ["delete pods b"])
    }

    @Test("orphans that match are adopted, and pods that match no more are let go")
    func claims() throws {
        let plan = plan(
            try set(2),
            [
                try pod("orphan", owner: nil), try pod("other", labels: #"{"app":"db"}"#),
                try pod("theirs", owner: "someone"), try pod("ended", owner: nil, phase: "Succeeded"),
            ])
        #expect(plan.lines == ["adopt orphan", "let go other", "create pods web-"])
    }

    @Test("a set that is being deleted neither adopts nor creates")
    func deleting() throws {
        let root = try object(
            #"""
            {"metadata":{"name":"web","namespace":"ns","uid":"root","deletionTimestamp":"2026-01-01T00:00:00Z"},
             "spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"template":{"spec":{}}}}
            """#)
        #expect(plan(root, [try pod("orphan", owner: nil)]).lines.isEmpty)
    }

    @Test("a refusal becomes the condition ReplicaFailure, and success removes it")
    func failure() throws {
        let refused = plan(try set(1), [], failure: "exceeded quota")
        #expect(refused.condition("ReplicaFailure") == "True FailedCreate")
        let before = try set(1, status: #"{"conditions":[{"type":"ReplicaFailure","status":"True"}]}"#)
        #expect(plan(before, [try pod("a")]).condition("ReplicaFailure") == nil)
    }

    @Test("a pod is available once it has been ready for minReadySeconds")
    func available() throws {
        let plan = plan(try set(2, spec: #""minReadySeconds":10,"#), [try pod("a", ready: 10), try pod("b", ready: 4)])
        #expect(plan.number("readyReplicas") == 2)
        #expect(plan.number("availableReplicas") == 1)
        #expect(plan.again == .seconds(6))
    }
}
