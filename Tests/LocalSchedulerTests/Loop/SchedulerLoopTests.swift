import JSON
import KubernetesClient
import KubernetesModel
import Logging
import Synchronization
import Testing

@testable import LocalScheduler

@Suite("The scheduler's loop")
struct SchedulerLoopTests {
    private let api: FakeAPI
    private static let room = #"{"cpu":"2","memory":"8Gi","pods":"10"}"#

    init() throws { api = try FakeAPI() }

    private static func condition(_ name: String, _ api: FakeAPI) -> JSONValue? {
        api.pod(name)?["status"]?["conditions"]?.array?.first
    }

    private static func placement(of name: String, _ api: FakeAPI) -> String? {
        api.pod(name)?["spec"]?["nodeName"]?.string
    }

    @Test("a higher pod evicts a lower one, waits for its node by name, and takes it; all three are told")
    func preemption() async throws {
        api.put("nodes", try node("n", room: Self.room).json)
        let bound = #""nodeName":"n","#
        api.put("pods", try PreemptionTests.pod("low", 1, cpu: 2, spec: bound).document.root)
        api.put("pods", try PreemptionTests.pod("high", 5, cpu: 1).document.root)
        let api = api
        try await api.schedule { () async throws -> Void in
            #expect(try await api.eventually { Self.placement(of: "high", $0) == "n" })
            #expect(try await api.eventually { $0.events.count >= 3 })
        }
        #expect(api.pod("low") == nil)
        #expect(api.deletions.map { $0["preconditions"]?["uid"]?.string } == ["u-low"])
        #expect(api.pod("high")?["status"]?["nominatedNodeName"] == "n")
        #expect(
            api.events.sorted() == [
                "FailedScheduling high: 0/1 nodes are available: 1 Insufficient cpu.",
                "Preempted low: Preempted by pod u-high on node n",
                "Scheduled high: Successfully assigned ml/high to n",
            ])
    }

    @Test("a pod that no node takes says so, and is bound once a node comes")
    func unschedulable() async throws {
        api.put("nodes", try node("n", spec: #"{"unschedulable":true}"#, room: Self.room).json)
        api.put("pods", try requesting(#"{"cpu":"1"}"#).document.root)
        let api = api
        let text =
            "0/1 nodes are available: 1 node(s) were unschedulable. preemption: 0/1 nodes are available: "
            + "1 Preemption is not helpful for scheduling."
        let other = try node("m", room: Self.room).json
        try await api.schedule { () async throws -> Void in
            #expect(try await api.eventually { Self.condition("p", $0)?["message"]?.string == text })
            #expect(Self.condition("p", api)?["reason"] == "Unschedulable")
            api.put("nodes", other)
            #expect(try await api.eventually { Self.placement(of: "p", $0) == "m" })
        }
    }

    @Test("an extender's error is told as SchedulerError, and the pod is tried again after its back-off")
    func extenderError() async throws {
        let server = try ScriptedExtender()
        let fields = #""filterVerb":"filter","nodeCacheCapable":true,"#
        var configuration = SchedulerConfiguration()
        configuration.extenders = [try server.client("e", fields).configuration]
        try server.answer("e/filter", #"{"Error":"the cache is not ready"}"#)
        api.put("nodes", try node("n", room: Self.room).json)
        api.put("pods", try requesting(#"{"cpu":"1"}"#).document.root)
        let api = api
        try await api.schedule(configuration) { () async throws -> Void in
            #expect(try await api.eventually { Self.condition("p", $0)?["reason"]?.string == "SchedulerError" })
            #expect(Self.condition("p", api)?["message"] == "the cache is not ready")
        }
        try server.answer("e/filter", #"{"NodeNames":["n"]}"#)
        try await api.schedule(configuration) { () async throws -> Void in
            #expect(try await api.eventually { Self.placement(of: "p", $0) == "n" })
        }
    }

    @Test(
        "a resource that an extender manages and that is ignored by the scheduler need not be on any node",
        arguments: [true, false])
    func ignoredResource(isIgnored: Bool) async throws {
        let server = try ScriptedExtender()
        let fields = #""filterVerb":"filter","nodeCacheCapable":true,"#
        let managed =
            #""managedResources":[{"name":"example.com/token","ignoredByScheduler":\#(isIgnored)}],"#
        var configuration = SchedulerConfiguration()
        configuration.extenders = [try server.client("e", fields + managed).configuration]
        try server.answer("e/filter", #"{"NodeNames":["n"]}"#)
        api.put("nodes", try node("n", room: Self.room).json)
        api.put("pods", try requesting(#"{"cpu":"1","example.com/token":"1"}"#).document.root)
        let api = api
        try await api.schedule(configuration) { () async throws -> Void in
            if isIgnored {
                #expect(try await api.eventually { Self.placement(of: "p", $0) == "n" })
            } else {
                #expect(try await api.eventually { Self.condition("p", $0)?["reason"] == "Unschedulable" })
                let message = Self.condition("p", api)?["message"]?.string ?? ""
                #expect(message.contains("Insufficient example.com/token"))
            }
        }
    }

    @Test("pods wake for what may help them: not for heartbeats of nodes, and not for pods that come")
    func waking() throws {
        let scheduler = PodScheduler(
            client: api.client, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let key = ObjectKey(namespace: "ml", name: "p")
        func isAsleep(_ change: () throws -> Void) throws -> Bool {
            let waiting = try requesting(#"{"cpu":"1"}"#)
            scheduler.observe(pod: nil, before: waiting, key: key)
            scheduler.observe(pod: waiting, before: nil, key: key)
            let now = Timestamp.now()
            return try scheduler.state.withLock { state -> Bool in
                guard let taken = state.queue.next(now: now) else { return false }
                state.queue.fail(taken, causes: [.room], now: now)
                return state.queue.nextDue == now + SchedulingQueue.longestWait
            }
                && {
                    try change()
                    return scheduler.state.withLock { $0.queue.nextDue } == now + SchedulingQueue.longestWait
                }()
        }
        func beating(_ heartbeat: Int, cpu: Int = 1) throws -> Node {
            let text = #"""
                {"metadata":{"name":"n","resourceVersion":"\#(heartbeat)"},"status":{"allocatable":{"cpu":"\#(cpu)"},
                 "conditions":[{"type":"Ready","status":"True","lastHeartbeatTime":"2026-01-01T00:00:0\#(heartbeat)Z"}]}}
                """#
            return Node(json: try JSONDocument(parsing: text).root)
        }
        let bound = try PreemptionTests.pod("q", 1, spec: #""nodeName":"n","#)
        #expect(try !isAsleep { scheduler.observe(node: try beating(1), before: nil, name: "n") })
        #expect(try isAsleep { scheduler.observe(node: try beating(2), before: try beating(1), name: "n") })
        #expect(try !isAsleep { scheduler.observe(node: try beating(3, cpu: 2), before: try beating(2), name: "n") })
        #expect(try isAsleep { scheduler.observe(pod: bound, before: nil, key: bound.key) })
        #expect(try !isAsleep { scheduler.observe(pod: nil, before: bound, key: bound.key) })
        #expect(try isAsleep { scheduler.observe(node: nil, before: try beating(3), name: "n") })
    }
}
