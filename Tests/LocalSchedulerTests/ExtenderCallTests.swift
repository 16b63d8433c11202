import JSON
import KubernetesModel
import TestSupport
import Testing

@testable import LocalScheduler

/// Calls over real HTTPS. Sources: kube-scheduler extender.go, schedule_one.go; k8s.io/kube-scheduler/extender/v1.
@Suite("Calls of extenders")
struct ExtenderCallTests {
    private let server: ScriptedExtender
    private let nodes: [NodeState]
    private let wanted: SchedulablePod

    init() throws {
        server = try ScriptedExtender()
        nodes = try ["a", "b", "c"].map { NodeState(node: try node($0)) }
        wanted = try requesting(#"{"nvidia.com/gpu":"1"}"#)
    }

    private func message(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "no error"
        } catch { return "\(error)" }
    }

    @Test("an extender with a node cache gets and gives names; one without gets and gives nodes")
    func nodeCache() async throws {
        let names = try server.client("n", #""filterVerb":"filter","nodeCacheCapable":true,"#)
        try server.answer("n/filter", #"{"NodeNames":["c","a"],"FailedNodes":{"b":"no GPU"}}"#)
        let passed = try await ScriptedExtender.chain([names], for: wanted).filter(wanted, nodes)
        #expect(passed.feasible.map(\.node.name) == ["a", "c"])
        #expect(passed.rejections["b"]?.reasons == ["no GPU"] && passed.rejections["b"]?.isUnresolvable == false)
        #expect(try server.asked("n/filter")?["NodeNames"] == ["a", "b", "c"])
        #expect(try server.asked("n/filter")?["Nodes"]?.isNull == true)
        #expect(try server.asked("n/filter")?[path: ["Pod", "metadata", "uid"]]?.string == "u-p")

        let whole = try server.client("w", #""filterVerb":"filter","#)
        try server.answer("w/filter", #"{"Nodes":{"items":[{"metadata":{"name":"b"}}]},"NodeNames":null}"#)
        let kept = try await ScriptedExtender.chain([whole], for: wanted).filter(wanted, nodes)
        #expect(kept.feasible.map(\.node.name) == ["b"])
        #expect(try server.asked("w/filter")?["Nodes"]?["items"]?.count == 3)
        #expect(try server.asked("w/filter")?["NodeNames"]?.isNull == true)
    }

    @Test("nodes named as unresolvable are so, whatever else is said of them")
    func unresolvable() async throws {
        let client = try server.client("u", #""filterVerb":"filter","nodeCacheCapable":true,"#)
        let answer = #"{"NodeNames":[],"FailedNodes":{"a":"x","b":"y"},"FailedAndUnresolvableNodes":{"b":"never"}}"#
        try server.answer("u/filter", answer)
        let result = try await ScriptedExtender.chain([client], for: wanted).filter(wanted, nodes)
        #expect(result.rejections["a"] == NodeRejection(reasons: ["x"], isUnresolvable: false, cause: .extender))
        #expect(result.rejections["b"] == NodeRejection(reasons: ["never"], isUnresolvable: true, cause: .extender))
    }

    @Test(
        "what goes wrong fails the attempt, unless the extender is ignorable",
        arguments: [
            (200, #"{"Error":"the cache is not ready"}"#, "the cache is not ready"),
            (500, "{}", "failed filter with extender at URL https://localhost:"),
            (200, "nonsense", "filter: "), (200, "[]", "answered []"), (200, "", "filter: "),
            (200, #"{"NodeNames":"a"}"#, "answered {"),
            (
                200, #"{"NodeNames":["a","z"]}"#,
                #"claims a filtered node "z" which is not found in the input node list"#
            ),
            (0, "", "filter: "),
        ])
    func failures(_ status: Int, _ answer: String, _ problem: String) async throws {
        let fields = #""filterVerb":"filter","nodeCacheCapable":true,"httpTimeout":"300ms","#
        try server.answer("f/filter", answer, status: status)
        let strict = ScriptedExtender.chain([try server.client("f", fields)], for: wanted)
        let said = await message { _ = try await strict.filter(wanted, nodes) }
        #expect(said.contains(problem))
        let lenient = ScriptedExtender.chain([try server.client("f", fields + #""ignorable":true,"#)], for: wanted)
        #expect(try await lenient.filter(wanted, nodes).feasible.count == 3)
    }

    @Test("an extender that is not trusted or does not exist fails")
    func unreachable() async throws {
        try server.answer("t/filter", #"{"NodeNames":["a"]}"#)
        let fields = #""filterVerb":"filter","nodeCacheCapable":true,"#
        let stranger = ScriptedExtender.chain([try server.client("t", fields, trusting: false)], for: wanted)
        #expect(await message { _ = try await stranger.filter(wanted, nodes) }.contains("/t/filter: "))
        let unchecked = fields + #""enableHTTPS":true,"#
        let open = ScriptedExtender.chain([try server.client("t", unchecked, trusting: false)], for: wanted)
        #expect(try await open.filter(wanted, nodes).feasible.count == 1)
    }

    @Test("each extender sees what those before it left; one without interest is not asked")
    func several() async throws {
        let fields = #""filterVerb":"filter","nodeCacheCapable":true,"#
        try server.answer("1/filter", #"{"NodeNames":["a","b"],"FailedNodes":{"c":"first"}}"#)
        try server.answer("2/filter", #"{"NodeNames":["b"],"FailedNodes":{"a":"second"}}"#)
        try server.answer("3/filter", #"{"NodeNames":[]}"#)
        let other = fields + #""managedResources":[{"name":"example.com/fpga"}],"#
        let gpu = fields + #""managedResources":[{"name":"nvidia.com/gpu"}],"#
        let clients = [
            try server.client("1", fields), try server.client("3", other), try server.client("2", gpu),
        ]
        let result = try await ScriptedExtender.chain(clients, for: wanted).filter(wanted, nodes)
        #expect(result.feasible.map(\.node.name) == ["b"])
        #expect(result.rejections.mapValues(\.reasons) == ["a": ["second"], "c": ["first"]])
        #expect(try server.asked("2/filter")?["NodeNames"] == ["a", "b"])
        #expect(try server.asked("3/filter") == nil)
    }

    @Test("scores are brought from 0...10 to 0...100, weighted and summed; an extender that fails is left out")
    func scores() async throws {
        try server.answer("1/prioritize", #"[{"Host":"a","Score":10},{"Host":"b","Score":2}]"#)
        try server.answer("2/prioritize", #"[{"Host":"b","Score":4},{"Host":"c","Score":0}]"#)
        try server.answer("3/prioritize", "no", status: 503)
        let clients = try [("1", 2), ("2", 3), ("3", 9)].map { name, weight in
            try server.client(name, #""prioritizeVerb":"prioritize","#, weight: weight)
        }
        let totals = await ScriptedExtender.chain(clients, for: wanted).scores(wanted, nodes)
        #expect(totals == ["a": 200, "b": 40 + 120, "c": 0])
    }

    @Test("the first interested binder binds; an ignorable one that fails leaves it to the scheduler")
    func binding() async throws {
        let fields = #""bindVerb":"bind","#
        for name in ["1", "2", "3"] { try server.answer(name + "/bind", "{}") }
        let other = try server.client("1", fields + #""managedResources":[{"name":"example.com/fpga"}],"#)
        let filterOnly = try server.client("0", #""filterVerb":"filter","#)
        let clients = [filterOnly, other, try server.client("2", fields), try server.client("3", fields)]
        #expect(try await ScriptedExtender.chain(clients, for: wanted).bind(wanted, to: "a"))
        let expected: JSONValue = ["PodName": "p", "PodNamespace": "ml", "PodUID": "u-p", "Node": "a"]
        #expect(try server.asked("2/bind") == expected)
        #expect(try server.asked("1/bind") == nil && server.asked("3/bind") == nil)
        #expect(try await !ScriptedExtender.chain([filterOnly, other], for: wanted).bind(wanted, to: "a"))

        try server.answer("2/bind", #"{"Error":"device taken"}"#)
        let said = await message { _ = try await ScriptedExtender.chain(clients, for: wanted).bind(wanted, to: "a") }
        #expect(said == "device taken")
        let lenient = try server.client("2", fields + #""ignorable":true,"#)
        #expect(try await !ScriptedExtender.chain([lenient], for: wanted).bind(wanted, to: "a"))
    }
}
