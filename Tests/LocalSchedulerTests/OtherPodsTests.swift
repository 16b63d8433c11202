import JSON
import KubernetesModel
import Testing

@testable import LocalScheduler

/// Sources: kube-scheduler plugins/podtopologyspread and plugins/interpodaffinity.
@Suite("Where other pods are")
struct OtherPodsTests {
    static func pod(
        _ name: String, app: String = "a", namespace: String = "ml", spec: String = "", deleting: Bool = false
    ) throws -> SchedulablePod {
        let deletion = deleting ? #","deletionTimestamp":"2026-01-01T00:00:00Z""# : ""
        let text = #"""
            {"metadata":{"namespace":"\#(namespace)","name":"\#(name)","uid":"u-\#(name)",
             "labels":{"app":"\#(app)"}\#(deletion)},"spec":{\#(spec)"containers":[{"name":"c"}]}}
            """#
        return SchedulablePod(json: try JSONDocument(parsing: text).root)
    }

    /// Nodes a1 and a2 in zone a, b1 in zone b, and x in no zone, with pods of app a as told.
    static func nodes(a1: Int = 0, a2: Int = 0, b1: Int = 0, others: [SchedulablePod] = []) throws -> [NodeState] {
        try [("a1", "a", a1), ("a2", "a", a2), ("b1", "b", b1), ("x", "", 0)].map { name, zone, count in
            let labels = zone.isEmpty ? "{}" : #"{"zone":"\#(zone)","kubernetes.io/hostname":"\#(name)"}"#
            var state = NodeState(node: try node(name, labels: labels, room: #"{"pods":"20"}"#))
            for number in 0..<count { state.add(try pod("\(name)-\(number)")) }
            if name == "a1" { for other in others { state.add(other) } }
            return state
        }
    }

    private static func constraint(_ more: String = "", key: String = "zone", skew: Int = 1) -> String {
        #""topologySpreadConstraints":[{"topologyKey":"\#(key)","maxSkew":\#(skew),"whenUnsatisfiable":"DoNotSchedule","#
            + #"\#(more)"labelSelector":{"matchLabels":{"app":"a"}}}],"#
    }

    private func feasible(_ pod: SchedulablePod, _ nodes: [NodeState]) -> [String] {
        let rejections = Feasibility(pod: pod).rejections(nodes)
        return nodes.map(\.node.name).filter { rejections[$0] == nil }
    }

    @Test(
        "pods are spread within the skew",
        arguments: [
            (constraint(), 0, 0, 0, ["a1", "a2", "b1"]), (constraint(), 1, 0, 0, ["b1"]),
            (constraint(), 1, 0, 1, ["a1", "a2", "b1"]), (constraint(skew: 2), 1, 0, 0, ["a1", "a2", "b1"]),
            (constraint(key: "kubernetes.io/hostname"), 1, 0, 1, ["a2"]),
            (constraint(#""minDomains":3,"#), 1, 0, 1, []),
            (constraint(#""minDomains":3,"#), 0, 0, 0, ["a1", "a2", "b1"]),
            (constraint(#""nodeAffinityPolicy":"Honor","#) + #""nodeSelector":{"zone":"a"},"#, 5, 0, 0, ["a1", "a2"]),
            (constraint(#""nodeAffinityPolicy":"Ignore","#) + #""nodeSelector":{"zone":"a"},"#, 5, 0, 0, []),
            (constraint().replacing("DoNotSchedule", with: "ScheduleAnyway"), 5, 0, 0, ["a1", "a2", "b1", "x"]),
        ])
    func spread(_ spec: String, _ a1: Int, _ a2: Int, _ b1: Int, _ expected: [String]) throws {
        #expect(feasible(try Self.pod("p", spec: spec), try Self.nodes(a1: a1, a2: a2, b1: b1)) == expected)
    }

    @Test("pods that go, of other namespaces or with other labels do not count; one that is not selected adds nothing")
    func spreadCounts() throws {
        let strangers = [
            try Self.pod("1", deleting: true), try Self.pod("2", namespace: "x"), try Self.pod("3", app: "b"),
        ]
        let wanted = try Self.pod("p", spec: Self.constraint())
        #expect(feasible(wanted, try Self.nodes(others: strangers)) == ["a1", "a2", "b1"])
        #expect(feasible(try Self.pod("p", app: "b", spec: Self.constraint()), try Self.nodes(a1: 1)).count == 3)
        let keyed = try Self.pod("p", spec: Self.constraint(#""matchLabelKeys":["app"],"#))
        #expect(feasible(keyed, try Self.nodes(a1: 1)) == ["b1"])
    }

    @Test("refusals have kube-scheduler's words and say whether evictions may help")
    func words() throws {
        let nodes = try Self.nodes(a1: 1)
        func rejection(_ spec: String, _ node: String, _ nodes: [NodeState]) throws -> NodeRejection? {
            Feasibility(pod: try Self.pod("p", spec: spec)).rejections(nodes)[node]
        }
        func expected(_ text: String, _ isUnresolvable: Bool) -> NodeRejection {
            NodeRejection(reasons: [text], isUnresolvable: isUnresolvable, cause: .otherPods)
        }
        let spread = "node(s) didn't match pod topology spread constraints"
        #expect(try rejection(Self.constraint(), "a1", nodes) == expected(spread, false))
        #expect(try rejection(Self.constraint(), "x", nodes) == expected(spread + " (missing required label)", true))
        let (near, far) = (Self.affinity("podAffinity"), Self.affinity("podAntiAffinity"))
        #expect(try rejection(near, "b1", nodes) == expected("node(s) didn't match pod affinity rules", true))
        #expect(try rejection(far, "a2", nodes) == expected("node(s) didn't match pod anti-affinity rules", false))
        let guarded = try Self.nodes(others: [Self.pod("g", app: "g", spec: far)])
        let existing = "node(s) didn't satisfy existing pods anti-affinity rules"
        #expect(try rejection("", "a2", guarded) == expected(existing, false))
    }

    static func affinity(_ kind: String, _ more: String = "", app: String = "a", key: String = "zone") -> String {
        #""affinity":{"\#(kind)":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"\#(key)","#
            + #"\#(more)"labelSelector":{"matchLabels":{"app":"\#(app)"}}}]}},"#
    }

    @Test(
        "pods go where their affinity draws them, and not where anti-affinity keeps them away",
        arguments: [
            (affinity("podAffinity"), ["a1", "a2"]), (affinity("podAntiAffinity"), ["b1", "x"]),
            (affinity("podAffinity", key: "kubernetes.io/hostname"), ["a1"]),
            (affinity("podAntiAffinity", key: "kubernetes.io/hostname"), ["a2", "b1", "x"]),
            (affinity("podAffinity", app: "other"), []),
            (affinity("podAntiAffinity", app: "other"), ["a1", "a2", "b1", "x"]),
            (affinity("podAffinity", #""namespaces":["x"],"#), []),
            (affinity("podAntiAffinity", #""namespaces":["x"],"#), ["a1", "a2", "b1", "x"]),
            (affinity("podAffinity", #""namespaceSelector":{},"#), ["a1", "a2"]),
            (affinity("podAffinity", #""namespaceSelector":{"matchLabels":{"team":"t"}},"#), ["a1", "a2"]),
            (affinity("podAffinity", #""namespaceSelector":{"matchLabels":{"team":"u"}},"#), []),
            (affinity("podAntiAffinity", #""mismatchLabelKeys":["app"],"#), ["b1", "x"]),
        ])
    func affinities(_ spec: String, _ expected: [String]) throws {
        let nodes = try Self.nodes(a1: 1)
        let labels = StringMap(json: try JSONDocument(parsing: #"{"team":"t"}"#).root)
        let wanted = try Self.pod("p", app: "b", spec: spec)
        let rejections = Feasibility(pod: wanted, namespaces: ["ml": labels]).rejections(nodes)
        #expect(nodes.map(\.node.name).filter { rejections[$0] == nil } == expected)
    }

    @Test("the first of pods that attract each other goes anywhere that has the label")
    func firstOfItsKind() throws {
        let wanted = try Self.pod("p", spec: Self.affinity("podAffinity"))
        #expect(feasible(wanted, try Self.nodes()) == ["a1", "a2", "b1"])
        #expect(feasible(wanted, try Self.nodes(b1: 1)) == ["b1"])
    }

    @Test("preemption frees a pod from anti-affinity")
    func preemption() throws {
        var nodes = try Self.nodes(a1: 1, b1: 1)
        nodes.removeLast()
        let spec = Self.affinity("podAntiAffinity", key: "kubernetes.io/hostname") + #""priority":5,"#
        let feasibility = Feasibility(pod: try Self.pod("p", spec: spec + #""nodeSelector":{"zone":"b"},"#))
        let rejections = feasibility.rejections(nodes)
        let (found, reasons) = Preemption.candidates(feasibility, nodes, rejections, [])
        #expect(found.map(\.node) == ["b1"] && found.first?.pods.map(\.key.name) == ["b1-0"])
        #expect(reasons.keys.sorted() == ["a1", "a2"])
    }
}

/// Sources: kube-scheduler plugins noderesources, nodeaffinity, tainttoleration.
@Suite("How good nodes are")
struct ScoreTests {
    private let room = #"{"cpu":"4","memory":"8Gi","pods":"10"}"#

    @Test("used shares of CPU and memory that are alike are better; a pod that asks for neither does not care")
    func balanced() throws {
        var state = NodeState(node: try node("n", room: room))
        let even = try requesting(#"{"cpu":"1","memory":"2Gi"}"#)
        #expect(NodeScores.balanced(even, on: state) == 100)
        #expect(NodeScores.balanced(try requesting(#"{"cpu":"4"}"#), on: state) == 50)
        #expect(NodeScores.balanced(try requesting("{}"), on: state) == 0)
        state.add(try requesting(#"{"cpu":"1"}"#, name: "q"))
        #expect(NodeScores.balanced(even, on: state) == 87)
    }

    @Test("preferred nodes gain, and nodes with taints that ask to stay away lose")
    func preferences() throws {
        let taint = #"{"taints":[{"key":"k","value":"v","effect":"PreferNoSchedule"}]}"#
        let nodes = try [
            NodeState(node: node("plain", room: room)), NodeState(node: node("tainted", spec: taint, room: room)),
            NodeState(node: node("fast", labels: #"{"disk":"ssd","zone":"z"}"#, room: room)),
            NodeState(node: node("near", labels: #"{"zone":"z"}"#, room: room)),
        ]
        func term(_ weight: Int, _ key: String) -> String {
            #"{"weight":\#(weight),"preference":{"matchExpressions":[{"key":"\#(key)","operator":"Exists"}]}}"#
        }
        let affinity =
            #""affinity":{"nodeAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":"#
            + #"[\#(term(30, "disk")),\#(term(10, "zone")),{"weight":9,"preference":{}}]}}"#
        let scores = NodeScores.totals(try pod("{\(affinity)}"), nodes, among: nodes)
        let base = try #require(scores["tainted"])
        #expect(scores.mapValues { $0 - base } == ["plain": 300, "tainted": 0, "fast": 500, "near": 350])
        let tolerant = NodeScores.totals(try pod(#"{"tolerations":[{"operator":"Exists"}]}"#), nodes, among: nodes)
        #expect(Set(tolerant.values).count == 1)
    }

    @Test("pods that wish to be spread prefer the emptiest domain that has the label")
    func softSpread() throws {
        let nodes = try OtherPodsTests.nodes(a1: 2, b1: 1)
        func scores(_ key: String, _ more: String = "") throws -> [Int]? {
            let constraint =
                #"{"topologyKey":"\#(key)","maxSkew":1,"whenUnsatisfiable":"ScheduleAnyway","#
                + #""labelSelector":{"matchLabels":{"app":"a"}}}"#
            let wanted = try OtherPodsTests.pod("p", spec: #""topologySpreadConstraints":[\#(constraint)],"#)
            return SpreadScores.scores(wanted, nodes, among: nodes)
        }
        // 2 pods in zone a and 1 in b, each times ln(2 + 2): 3 and 1; 2, 0 and 1 on hosts, times ln(3 + 2): 3, 0 and 2
        #expect(try scores("zone") == [33, 33, 100, 0])
        #expect(try scores("kubernetes.io/hostname") == [0, 100, 33, 0])
        #expect(SpreadScores.scores(try OtherPodsTests.pod("p"), nodes, among: nodes) == nil)
    }

    @Test(
        "pods that wish to be near others or apart prefer their places, and those of pods that wish so of them",
        arguments: [
            ("podAffinity", [100, 100, 0, 0]), ("podAntiAffinity", [0, 0, 100, 100]),
        ])
    func softAffinity(_ kind: String, _ expected: [Int]) throws {
        func wish(_ app: String) -> String {
            #""affinity":{"\#(kind)":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":7,"podAffinityTerm":"#
                + #"{"topologyKey":"zone","labelSelector":{"matchLabels":{"app":"\#(app)"}}}}]}},"#
        }
        let nodes = try OtherPodsTests.nodes(a1: 1)
        let wishing = try OtherPodsTests.pod("p", app: "b", spec: wish("a"))
        #expect(PodAffinityScores.scores(wishing, nodes, among: nodes, [:]) == expected)
        let wished = try OtherPodsTests.nodes(others: [OtherPodsTests.pod("q", app: "b", spec: wish("a"))])
        #expect(PodAffinityScores.scores(try OtherPodsTests.pod("p"), wished, among: wished, [:]) == expected)
        #expect(PodAffinityScores.scores(try OtherPodsTests.pod("p"), nodes, among: nodes, [:]) == nil)
    }
}
