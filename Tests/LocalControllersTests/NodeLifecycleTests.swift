import JSON
import KubernetesModel
import Testing

@testable import LocalControllers

private func view(_ value: JSONValue) throws -> JSONView { try JSONDocument(parsing: value.text).root }

/// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go.
@Suite("Nodes that are silent")
struct NodeHealthTests {
    /// A node whose lease was renewed so many seconds ago.
    private static func node(
        _ name: String = "n", ready: String, taints: [JSONValue] = []
    ) throws -> JSONView {
        try view([
            "kind": "Node", "metadata": ["name": JSONValue(name), "uid": "u", "resourceVersion": "7"],
            "spec": ["taints": JSONValue(taints)],
            "status": ["conditions": [["type": "Ready", "status": JSONValue(ready)]]],
        ])
    }

    private static func plan(_ node: JSONView, silentFor seconds: Int, others: [JSONView] = []) throws -> Plan {
        let lease = try view([
            "metadata": ["name": "n", "namespace": "kube-node-lease"],
            "spec": ["renewTime": JSONValue((now - .seconds(seconds)).microDescription)],
        ])
        return NodeHealth.plan(
            node, World([.leases: [lease], .nodes: [node] + others], now: now), grace: .seconds(50))
    }

    private static func taints(_ plan: Plan) -> [String]? {
        guard case .merge(_, _, let patch)? = plan.changes.first else { return nil }
        return (patch[path: "spec", "taints"]?.elements ?? []).map { Taints.identity($0).joined(separator: ":") }
    }

    @Test("a lease that is renewed keeps a node ready, and is looked at when it would be too old")
    func alive() throws {
        let plan = try Self.plan(Self.node(ready: "True"), silentFor: 20)
        #expect(plan.status == nil && plan.changes.isEmpty && plan.events.isEmpty)
        #expect(plan.again == .seconds(30))
    }

    @Test("a node that is silent for the grace period is Unknown, tainted and told of")
    func silent() throws {
        let healthy = try Self.node("m", ready: "True")
        let plan = try Self.plan(Self.node(ready: "True"), silentFor: 50, others: [healthy])
        let conditions = plan.status?["conditions"]?.elements ?? []
        #expect(conditions.map { $0["status"]?.string } == ["Unknown", "Unknown", "Unknown", "Unknown"])
        #expect(conditions.first?["reason"] == "NodeStatusUnknown")
        #expect(conditions.last?["reason"] == "NodeStatusNeverUpdated")
        let unreachable = "node.kubernetes.io/unreachable"
        #expect(Self.taints(plan) == ["\(unreachable):NoSchedule", "\(unreachable):NoExecute"])
        #expect(plan.events.map(\.reason) == ["NodeNotReady"])
    }

    @Test(
        "taints follow the condition Ready, and those of others stay",
        arguments: [
            (
                "False",
                ["x:NoSchedule", "node.kubernetes.io/not-ready:NoSchedule", "node.kubernetes.io/not-ready:NoExecute"]
            ),
            ("True", ["x:NoSchedule"]),
        ])
    func follows(status: String, expected: [String]) throws {
        let old: [JSONValue] = [
            ["key": "x", "effect": "NoSchedule"], ["key": "node.kubernetes.io/unreachable", "effect": "NoExecute"],
        ]
        let healthy = try Self.node("m", ready: "True")
        let plan = try Self.plan(Self.node(ready: status, taints: old), silentFor: 1, others: [healthy])
        #expect(Self.taints(plan) == expected)
    }

    @Test(
        "pods are not evicted when every node is lost, nor more of them when most are",
        arguments: [
            (["True"], NodeHealth.Eviction.allowed), (["Unknown"], .ended), (["Unknown", "True"], .allowed),
            (["Unknown", "Unknown", "True"], .held),
            (["Unknown", "Unknown", "Unknown", "True", "True", "True", "True"], .allowed),
        ])
    func disruption(others: [String], expected: NodeHealth.Eviction) throws {
        let nodes = try (["Unknown"] + others).enumerated().map { try Self.node("n\($0)", ready: $1) }
        #expect(NodeHealth.eviction("n0", "Unknown", World([.nodes: nodes], now: now)) == expected)
    }
}

/// Source: pkg/controller/tainteviction/taint_eviction.go, pkg/controller/podgc/gc_controller.go.
@Suite("Pods of nodes that are lost, tainted or gone")
struct LostPodTests {
    private static func pod(_ tolerations: [JSONValue], ready: Bool = true) throws -> JSONView {
        try view([
            "kind": "Pod", "metadata": ["name": "p", "namespace": "ml", "uid": "u"],
            "spec": ["nodeName": "n", "tolerations": JSONValue(tolerations)],
            "status": [
                "phase": "Running",
                "conditions": [
                    ["type": "Ready", "status": ready ? "True" : "False"],
                    [
                        "type": "PodScheduled", "status": "True",
                        "lastTransitionTime": JSONValue((now - .seconds(600)).description),
                    ],
                ],
            ],
        ])
    }

    private static func node(taintedFor seconds: Int) throws -> JSONView {
        try view([
            "metadata": ["name": "n"],
            "spec": [
                "taints": [
                    ["key": "k", "effect": "NoExecute", "timeAdded": JSONValue((now - .seconds(seconds)).description)]
                ]
            ],
            "status": ["conditions": [["type": "Ready", "status": "Unknown"]]],
        ])
    }

    private static func bearing(_ seconds: Int?) -> JSONValue {
        var toleration: JSONValue = ["key": "k", "operator": "Exists"]
        toleration["tolerationSeconds"] = seconds.map { JSONValue($0) }
        return toleration
    }

    @Test(
        "a pod goes when it has borne a taint for as long as it says",
        arguments: [
            ([], 0, true, nil), ([300], 10, false, 290), ([300], 300, true, nil), ([nil], 9999, false, nil),
            ([300, 20], 20, true, nil), ([nil, 20], 5, false, 15),
        ] as [([Int?], Int, Bool, Int?)])
    func eviction(tolerations: [Int?], taintedFor: Int, goes: Bool, again: Int?) throws {
        let world = World([.nodes: [try Self.node(taintedFor: taintedFor)]], now: now)
        let plan = LostPods.eviction(try Self.pod(tolerations.map(Self.bearing)), world)
        #expect(plan.again == again.map { .seconds($0) })
        #expect(plan.changes.isEmpty == !goes)
        guard goes, case .status(_, _, let patch)? = plan.changes.first else { return }
        let condition = patch[path: "status", "conditions"]?.elements.first
        #expect(condition?["type"] == "DisruptionTarget" && condition?["reason"] == "DeletionByTaintManager")
        #expect(plan.events.map(\.reason) == ["TaintManagerEviction"])
    }

    @Test("a ready pod of a node that is not is not ready")
    func readiness() throws {
        let world = World([.nodes: [try Self.node(taintedFor: 0)]], now: now)
        #expect(LostPods.readiness(try Self.pod([]), world).changes.count == 1)
        #expect(LostPods.readiness(try Self.pod([], ready: false), world).changes.isEmpty)
    }

    @Test("a pod whose node is gone fails and goes at once")
    func collection() throws {
        let plan = LostPods.collection(try Self.pod([]), World(now: now))
        guard plan.changes.count == 2, case .status(_, _, let patch) = plan.changes[0],
            case .discard(_, _, _, let seconds) = plan.changes[1]
        else {
            Issue.record("\(plan.changes)")
            return
        }
        #expect(patch[path: "status", "phase"] == "Failed" && seconds == 0)
    }
}
