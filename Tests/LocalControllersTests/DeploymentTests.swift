import JSON
import KubernetesModel
import LocalControllers
import Testing

/// Source of all: pkg/controller/deployment of Kubernetes 1.36.
@Suite("Deployments")
struct DeploymentTests {
    private func deployment(
        _ replicas: Int, image: String = "v2", spec: String = "", metadata: String = "", status: String = "{}"
    ) throws -> JSONView {
        try object(
            #"""
            {"metadata":{"name":"web","namespace":"ns","uid":"root","generation":2,\#(metadata)
              "annotations":{"deployment.kubernetes.io/revision":"2"}},
             "status":\#(status),
             "spec":{\#(spec)"replicas":\#(replicas),"progressDeadlineSeconds":600,"revisionHistoryLimit":1,
              "selector":{"matchLabels":{"app":"web"}},
              "template":{"metadata":{"labels":{"app":"web"}},"spec":{"image":"\#(image)"}}}}
            """#)
    }

    /// A set of the Deployment; `desired` is what its annotation says the Deployment's replicas were.
    private func set(
        _ revision: Int, _ replicas: Int, available: Int? = nil, desired: Int = 10, most: Int = 13
    ) throws -> JSONView {
        let count = available ?? replicas
        return try object(
            #"""
            {"metadata":{"name":"web-\#(revision)","namespace":"ns","uid":"web-\#(revision)","generation":1,
              "creationTimestamp":"\#(now - .seconds(1000 - Int64(revision)))","labels":{"app":"web"},
              "annotations":{"deployment.kubernetes.io/revision":"\#(revision)",
               "deployment.kubernetes.io/desired-replicas":"\#(desired)",
               "deployment.kubernetes.io/max-replicas":"\#(most)"},
              "ownerReferences":[{"kind":"Deployment","name":"web","uid":"root","controller":true}]},
             "spec":{"replicas":\#(replicas),"selector":{"matchLabels":{"app":"web"}},
              "template":{"metadata":{"labels":{"app":"web","pod-template-hash":"h"}},
               "spec":{"image":"v\#(revision)"}}},
             "status":{"replicas":\#(count),"readyReplicas":\#(count),"availableReplicas":\#(count),"observedGeneration":1}}
            """#)
    }

    private func rolling(_ surge: String, _ unavailable: String) -> String {
        #""strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":\#(surge),"maxUnavailable":\#(unavailable)}},"#
    }

    private func plan(_ root: JSONView, _ sets: [JSONView], pods: [JSONView] = [], failure: String? = nil) -> Plan {
        Controller.deployments.plan(root, World([.replicaSets: sets, .pods: pods], now: now, failure: failure))
    }

    @Test("the first set is created at full size with its revision, hash and owner")
    func first() throws {
        let plan = plan(try deployment(3, spec: rolling(#""25%""#, #""25%""#)), [])
        guard case .create(_, let made)? = plan.changes.first else {
            Issue.record("nothing is created")
            return
        }
        let hash = made[path: "spec", "selector", "matchLabels", "pod-template-hash"]?.string
        #expect(made[path: "metadata", "name"]?.string == "web-\(hash ?? "")")
        #expect(made[path: "spec", "replicas"]?.int == 3)
        #expect(made[path: "metadata", "annotations", "deployment.kubernetes.io/revision"]?.string == "1")
        #expect(made[path: "metadata", "annotations", "deployment.kubernetes.io/max-replicas"]?.string == "4")
        #expect(plan.condition("Progressing") == "True NewReplicaSetCreated")
        #expect(plan.condition("Available") == "False MinimumReplicasUnavailable")
        #expect(plan.events.map(\.message) == ["Scaled up replica set web-\(hash ?? "") from 0 to 3"])
    }

    struct Step: Sendable {
        var surge = #""25%""#
        var unavailable = #""25%""#
        var old: (Int, available: Int)
        var new: (Int, available: Int)
        var expected: [String]
    }

    /// 10 replicas; 25 % are a surge of 3 and 2 that may be missing (rounded up and down).
    @Test(
        "a rolling update grows the new set and shrinks the old within surge and unavailability",
        arguments: [
            Step(old: (10, 10), new: (0, 0), expected: ["scale web-2 3"]),
            Step(old: (10, 10), new: (3, 0), expected: ["scale web-1 8"]),
            Step(old: (8, 8), new: (3, 0), expected: ["scale web-2 5"]),
            Step(old: (8, 8), new: (5, 5), expected: ["scale web-1 3"]),
            Step(old: (8, 4), new: (5, 5), expected: ["scale web-1 4", "scale web-1 3"]),
            Step(old: (3, 3), new: (10, 10), expected: ["scale web-1 0"]),
            Step(surge: "0", unavailable: "0", old: (10, 10), new: (0, 0), expected: ["scale web-1 9"]),
            Step(surge: "1", unavailable: "0", old: (10, 10), new: (1, 0), expected: []),
        ])
    func rollingUpdate(_ step: Step) throws {
        let plan = plan(
            try deployment(10, spec: rolling(step.surge, step.unavailable)),
            [
                try set(1, step.old.0, available: step.old.available),
                try set(2, step.new.0, available: step.new.available),
            ])
        #expect(plan.lines.filter { $0.hasPrefix("scale") } == step.expected)
    }

    @Test("Recreate waits until the old pods are gone")
    func recreate() throws {
        let root = try deployment(2, spec: #""strategy":{"type":"Recreate"},"#)
        #expect(plan(root, [try set(1, 2, desired: 2, most: 2)]).lines == ["scale web-1 0"])
        let old = try pod("a", owner: "web-1")
        #expect(plan(root, [try set(1, 0)], pods: [old]).lines.isEmpty)
        #expect(plan(root, [try set(1, 0)]).lines.first?.hasPrefix("create replicasets web-") == true)
    }

    @Test("a template that comes back gets the next revision and remembers its old one")
    func rollback() throws {
        let plan = plan(
            try deployment(10, image: "v1", spec: rolling("3", "2")), [try set(1, 0), try set(2, 10)])
        guard case .merge(_, let key, let patch)? = plan.changes.first else {
            Issue.record("nothing is noted")
            return
        }
        #expect(key.name == "web-1")
        let notes = patch[path: "metadata", "annotations"]
        #expect(notes?["deployment.kubernetes.io/revision"]?.string == "3")
        #expect(notes?["deployment.kubernetes.io/revision-history"]?.string == "1")
    }

    @Test("a paused Deployment scales its sets in proportion and starts no rollout")
    func paused() throws {
        let root = try deployment(20, image: "v3", spec: rolling("3", "2") + #""paused":true,"#)
        let plan = plan(root, [try set(1, 8), try set(2, 5)])
        #expect(plan.lines == ["scale web-1 14", "scale web-2 9"])
        #expect(plan.condition("Progressing") == "Unknown DeploymentPaused")
    }

    @Test("old sets without pods beyond the limit are deleted once the rollout is complete")
    func history() throws {
        let root = try deployment(10, image: "v4", spec: rolling("3", "2"))
        let plan = plan(root, [try set(1, 0), try set(2, 0), try set(3, 0), try set(4, 10)])
        #expect(
            plan.lines.filter { $0.hasPrefix("delete") } == ["delete replicasets web-1", "delete replicasets web-2"])
        #expect(plan.condition("Progressing") == "True NewReplicaSetAvailable")
        #expect(plan.condition("Available") == "True MinimumReplicasAvailable")
    }

    @Test(
        "a rollout that stands still for longer than its deadline has failed", arguments: [(599, false), (601, true)])
    func deadline(_ seconds: Int64, _ isOver: Bool) throws {
        let since = now - .seconds(seconds)
        let status = #"""
            {"replicas":11,"updatedReplicas":1,"readyReplicas":10,"availableReplicas":10,"conditions":[
              {"type":"Progressing","status":"True","reason":"ReplicaSetUpdated","lastUpdateTime":"\#(since)"}]}
            """#
        let new = try object(
            try set(2, 1, available: 0).text.replacing(#""status":{"replicas":0"#, with: #""status":{"replicas":1"#))
        let plan = plan(try deployment(10, spec: rolling("1", "0"), status: status), [try set(1, 10), new])
        #expect(plan.condition("Progressing") == (isOver ? "False ProgressDeadlineExceeded" : "True ReplicaSetUpdated"))
        #expect(plan.again == (isOver ? nil : .seconds(2)))
    }

    @Test("a name that another set has is a collision: the next hash is another one")
    func collision() throws {
        let root = try deployment(3, spec: rolling("1", "0"))
        guard case .create(_, let wanted)? = plan(root, []).changes.first else {
            Issue.record("nothing is created")
            return
        }
        let name = wanted[path: "metadata", "name"]?.string ?? ""
        let foreign = try object(#"{"metadata":{"name":"\#(name)","namespace":"ns","uid":"foreign"},"spec":{}}"#)
        let collided = plan(root, [foreign])
        #expect(collided.lines.isEmpty)
        #expect(collided.number("collisionCount") == 1)
        let next = plan(try deployment(3, spec: rolling("1", "0"), status: #"{"collisionCount":1}"#), [foreign])
        #expect(next.lines.first?.hasPrefix("create replicasets web-") == true)
        #expect(next.lines.first != "create replicasets \(name)")
    }

    @Test("a refused set shows as the reason why the rollout stands still")
    func refused() throws {
        let plan = plan(try deployment(3, spec: rolling("1", "0")), [], failure: "exceeded quota")
        #expect(plan.condition("Progressing") == "False ReplicaSetCreateError")
    }
}
