import JSON
import KubernetesModel
import Testing

@testable import LocalScheduler

/// Sources: kube-scheduler plugins/defaultpreemption/default_preemption.go, framework/preemption/preemption.go.
@Suite("Preemption")
struct PreemptionTests {
    /// A pod of one CPU unless told otherwise.
    static func pod(
        _ name: String, _ priority: Int, cpu: Int = 1, app: String = "", started: Int? = nil, spec: String = "",
        status: String = "", deleting: Bool = false
    ) throws -> SchedulablePod {
        let start = started.map { #""startTime":"\#(Timestamp(seconds: Int64($0)))","# } ?? ""
        let labels = app.isEmpty ? "" : #","labels":{"app":"\#(app)"}"#
        let deletion = deleting ? #","deletionTimestamp":"2026-01-01T00:00:00Z""# : ""
        let containers = #""containers":[{"name":"c","resources":{"requests":{"cpu":"\#(cpu)"}}}]"#
        let text = #"""
            {"metadata":{"namespace":"ml","name":"\#(name)","uid":"u-\#(name)"\#(labels)\#(deletion)},
             "spec":{\#(spec)"priority":\#(priority),\#(containers)},"status":{\#(start)\#(status)"phase":"Running"}}
            """#
        return SchedulablePod(json: try JSONDocument(parsing: text).root)
    }

    static func state(_ name: String, _ pods: [SchedulablePod]) throws -> NodeState {
        var state = NodeState(node: try node(name, room: #"{"cpu":"4","memory":"8Gi","pods":"10"}"#))
        for pod in pods { state.add(pod) }
        return state
    }

    static func budget(_ app: String, allowed: Int, disrupted: String = "{}") throws -> DisruptionBudget {
        let text = #"""
            {"metadata":{"namespace":"ml","name":"b"},"spec":{"selector":{"matchLabels":{"app":"\#(app)"}}},
             "status":{"disruptionsAllowed":\#(allowed),"disruptedPods":\#(disrupted)}}
            """#
        return DisruptionBudget(json: try JSONDocument(parsing: text).root)
    }

    private func victims(
        _ pod: SchedulablePod, _ pods: [SchedulablePod], _ budgets: [DisruptionBudget] = []
    ) throws -> Result<[String], Preemption.Refusal> {
        let nodes = [try Self.state("n", pods)]
        return Preemption.victims(Feasibility(pod: pod), at: 0, in: nodes, budgets).map { $0.pods.map(\.key.name) }
    }

    @Test("the fewest go: the least important first, and the latest to start among equals")
    func fewest() throws {
        let pods = [
            try Self.pod("low", 1, started: 50), try Self.pod("older", 2, started: 10),
            try Self.pod("younger", 2, started: 20), try Self.pod("high", 9),
        ]
        #expect(try victims(Self.pod("p", 5), pods) == .success(["low"]))
        #expect(try victims(Self.pod("p", 5, cpu: 2), pods) == .success(["younger", "low"]))
        #expect(try victims(Self.pod("p", 5, cpu: 3), pods) == .success(["older", "younger", "low"]))
        #expect(try victims(Self.pod("p", 5, cpu: 4), pods) == .failure(.init(reasons: ["Insufficient cpu"])))
        let nobody = Preemption.Refusal(reasons: ["No preemption victims found for incoming pod"])
        #expect(try victims(Self.pod("p", 1), pods) == .failure(nobody))
        #expect(try victims(Self.pod("p", 9), [try Self.pod("big", 1, cpu: 4)]) == .success(["big"]))
    }

    @Test(
        "pods that a budget protects are kept if others suffice; the budget's allowance and evictions under way count")
    func budgets() throws {
        let pods = [
            try Self.pod("a1", 1, app: "a"), try Self.pod("a2", 1, app: "a"), try Self.pod("b1", 2, app: "b"),
            try Self.pod("b2", 2, app: "b"),
        ]
        let wanted = try Self.pod("p", 5, cpu: 2)
        #expect(try victims(wanted, pods) == .success(["a1", "a2"]))
        #expect(try victims(wanted, pods, [Self.budget("a", allowed: 0)]) == .success(["b1", "b2"]))
        #expect(try victims(wanted, pods, [Self.budget("a", allowed: 1)]) == .success(["b2", "a1"]))
        let underWay = try Self.budget("a", allowed: 0, disrupted: #"{"a1":null,"a2":null}"#)
        #expect(try victims(wanted, pods, [underWay]) == .success(["a1", "a2"]))
        let all = [try Self.budget("a", allowed: 1), try Self.budget("b", allowed: 0)]
        let nodes = [try Self.state("n", pods)]
        let result = try Preemption.victims(Feasibility(pod: Self.pod("p", 5, cpu: 4)), at: 0, in: nodes, all).get()
        #expect(result.pods.count == 4 && result.violations == 3)
    }

    @Test("the best node: fewest violations, lowest highest priority, lowest sum, fewest victims, latest start, first")
    func best() throws {
        func chosen(_ candidates: [(String, [SchedulablePod], Int)]) -> String? {
            Preemption.best(candidates.map { NodeVictims(node: $0.0, pods: $0.1, violations: $0.2) })?.node
        }
        let (low, low2) = (try Self.pod("l", 1, started: 10), try Self.pod("l2", 1, started: 30))
        let (mid, high) = (try Self.pod("m", 3, started: 20), try Self.pod("h", 7, started: 20))
        #expect(chosen([("a", [low], 1), ("b", [high], 0)]) == "b")
        #expect(chosen([("a", [high], 0), ("b", [mid, low], 0)]) == "b")
        #expect(chosen([("a", [mid, low], 0), ("b", [mid], 0)]) == "b")
        #expect(chosen([("a", [low], 0), ("b", [low2], 0)]) == "b")
        #expect(chosen([("a", [low2], 0), ("b", [low], 0)]) == "a")
        #expect(chosen([("a", [low], 0), ("b", [low], 0)]) == "a")
        #expect(chosen([]) == nil)
    }

    @Test("who may not preempt: preemptionPolicy Never, and who waits for a pod that is on its way out")
    func ineligible() throws {
        let gone = #""conditions":[{"type":"DisruptionTarget","status":"True","reason":"PreemptionByScheduler"}],"#
        let going = try Self.pod("going", 1, status: gone, deleting: true)
        let nodes = [try Self.state("n", [going]), try Self.state("m", [try Self.pod("other", 1, deleting: true)])]
        let wanted = try Self.pod("p", 5)
        func reason(_ pod: SchedulablePod, _ node: String?, _ rejections: [String: NodeRejection] = [:]) -> String? {
            Preemption.ineligibility(of: pod, nominatedTo: node, nodes, rejections)
        }
        let never = try Self.pod("p", 5, spec: #""preemptionPolicy":"Never","#)
        #expect(reason(never, nil) == "not eligible due to preemptionPolicy=Never.")
        #expect(reason(wanted, nil) == nil)
        #expect(reason(wanted, "n") == "not eligible due to a terminating pod on the nominated node.")
        #expect(reason(wanted, "m") == nil && reason(wanted, "gone") == nil)
        #expect(reason(wanted, "n", ["n": NodeRejection(reasons: [], isUnresolvable: true)]) == nil)
        #expect(try reason(Self.pod("p", 1), "n") == nil)
    }

    @Test("nodes where evictions cannot help are told apart from those without victims")
    func candidates() throws {
        let nodes = [
            try Self.state("a", [try Self.pod("x", 1, cpu: 4)]), try Self.state("b", [try Self.pod("y", 9, cpu: 4)]),
            try Self.state("c", []),
        ]
        let feasibility = Feasibility(pod: try Self.pod("p", 5))
        var rejections = feasibility.rejections(nodes)
        rejections["c"] = NodeRejection(reasons: ["node(s) were unschedulable"], isUnresolvable: true)
        let (found, reasons) = Preemption.candidates(feasibility, nodes, rejections, [])
        #expect(found.map(\.node) == ["a"])
        #expect(
            FitMessage.text(nodes: 2, rejections: reasons)
                == "0/2 nodes are available: 1 No preemption victims found for incoming pod, "
                + "1 Preemption is not helpful for scheduling.")
    }

    @Test("room that is made for a pod is not given to lower ones, but to higher ones")
    func nominations() throws {
        var cluster = ClusterState()
        cluster.update(node: try node("n", room: #"{"cpu":"4","pods":"10"}"#))
        let waiting = try Self.pod("w", 5, cpu: 3)
        cluster.nominate(waiting, to: "n")
        func isFeasible(_ pod: SchedulablePod) -> Bool {
            Feasibility(pod: pod, nominated: cluster.nominations(before: pod)).rejections(cluster.snapshot()).isEmpty
        }
        #expect(try !isFeasible(Self.pod("low", 4, cpu: 2)) && !isFeasible(Self.pod("same", 5, cpu: 2)))
        #expect(try isFeasible(Self.pod("low", 4, cpu: 1)) && isFeasible(Self.pod("high", 6, cpu: 2)))
        #expect(isFeasible(waiting))
        cluster.update(waiting: try Self.pod("w", 5, cpu: 3))
        #expect(cluster.nomination(of: waiting) == "n" && cluster.nominated(to: "n").count == 1)
        cluster.update(waiting: try Self.pod("w", 5, cpu: 3, status: #""nominatedNodeName":"m","#))
        #expect(cluster.nomination(of: waiting) == "m")
        cluster.assume(waiting, on: "n")
        #expect(cluster.nomination(of: waiting) == nil)
    }

    @Test("extenders with a preempt verb choose among nodes and victims", arguments: [true, false])
    func extender(_ hasNodeCache: Bool) async throws {
        let server = try ScriptedExtender()
        let pods = try ["x", "y", "z"].map { try Self.pod($0, 1) }
        let nodes = [try Self.state("a", [pods[0], pods[1]]), try Self.state("b", [pods[2]])]
        let wanted = try Self.pod("p", 5)
        let found = [
            NodeVictims(node: "a", pods: [pods[0]], violations: 0),
            NodeVictims(node: "b", pods: [pods[2]], violations: 1),
        ]
        let fields = #""preemptVerb":"preempt","nodeCacheCapable":\#(hasNodeCache),"#
        func ask(_ extra: String = "") async throws -> [NodeVictims] {
            let client = try server.client("e", fields + extra)
            return try await ScriptedExtender.chain([client], for: wanted).preempt(wanted, found, among: nodes)
        }
        try server.answer(
            "e/preempt", #"{"NodeNameToMetaVictims":{"a":{"Pods":[{"UID":"u-y"}],"NumPDBViolations":2}}}"#)
        let allowed = try await ask()
        #expect(allowed.map(\.node) == ["a"] && allowed.first?.pods.map(\.key.name) == ["y"])
        #expect(allowed.first?.violations == 2)
        let asked = try server.asked("e/preempt")
        let (sent, unsent) =
            hasNodeCache
            ? ("NodeNameToMetaVictims", "NodeNameToVictims") : ("NodeNameToVictims", "NodeNameToMetaVictims")
        #expect(asked?[unsent]?.isNull == true && asked?[sent]?["b"]?["NumPDBViolations"] == 1)
        let first = asked?[sent]?["a"]?["Pods"]?[0]
        #expect(hasNodeCache ? first == ["UID": "u-x"] : first?[path: ["metadata", "name"]] == "x")

        try server.answer("e/preempt", #"{"NodeNameToMetaVictims":{"a":{"Pods":[]},"b":{"Pods":[{"UID":"u-z"}]}}}"#)
        await #expect(throws: ExtenderFailure.self) { _ = try await ask() }
        #expect(try await ask(#""ignorable":true,"#).map(\.node) == ["b"])
        try server.answer("e/preempt", #"{"NodeNameToMetaVictims":{"a":{"Pods":[{"UID":"u-z"}]}}}"#)
        await #expect(throws: ExtenderFailure.self) { _ = try await ask() }
        try server.answer("e/preempt", "{}")
        #expect(try await ask().isEmpty)
        try server.answer("e/preempt", "{}", status: 500)
        #expect(try await ask(#""ignorable":true,"#).count == 2)
    }
}
