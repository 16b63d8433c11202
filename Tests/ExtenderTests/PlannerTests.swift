import JSON
import KubernetesModel
import Logging
import Placement
import Serving
import Testing

@testable import Extender

struct PlannerTests {
    let cluster = FakeCluster()

    private func makePlanner(nodes: Int = 3) throws -> (GangPlanner, ClusterState) {
        let state = try makeState(nodes: nodes)
        cluster.attach(state)
        let cluster = self.cluster
        return (
            GangPlanner(
                state: state, api: cluster, metrics: ExtenderMetrics(MetricsRegistry()), logger: Logger(label: "test"),
                now: { cluster.now }), state
        )
    }

    private func addGang(_ name: String, of count: Int, gpus: Int = 1) {
        for index in 0..<count { cluster.add(pod("\(name)-\(index)", gpus: gpus, gang: name, of: count)) }
    }

    @Test("a gang that fits is opened whole, each pod with its node")
    func opens() async throws {
        let (planner, state) = try makePlanner()
        addGang("g", of: 6)
        var memory = GangPlanner.Memory()
        await planner.pass(&memory)
        #expect(cluster.openPods.count == 6)
        let nodes = (0..<6).compactMap {
            cluster["g-\($0)"]?[path: "metadata", "annotations", "kubedl.io/reserved-node"]?.string
        }
        #expect(nodes.sorted() == ["node-1", "node-1", "node-2", "node-2", "node-3", "node-3"])
        #expect(cluster["g-0"]?[path: "spec", "schedulingGates"]?.isEmpty ?? false)
        let nominated = (0..<6).compactMap { cluster["g-\($0)"]?[path: "status", "nominatedNodeName"]?.string }
        #expect(nominated == nodes, "the scheduler looks at the nominated node before it samples others")
        #expect(state.copy.unannounced.isEmpty)
    }

    @Test("seven of six: nothing opens, the reason is on the pods and the job, and room opens it")
    func waits() async throws {
        let (planner, state) = try makePlanner()
        addGang("big", of: 7)
        var memory = GangPlanner.Memory()
        await planner.pass(&memory)
        #expect(cluster.events.isEmpty, "what may pass in a moment is not worth an event")
        cluster.advance(.seconds(3))
        await planner.pass(&memory)
        await planner.pass(&memory)
        #expect(cluster.openPods.isEmpty)
        let text = "gang ml/big needs 7 nvidia.com/gpu in 7 pods; 6 of 6 free on 3 nodes: waiting for room"
        #expect(cluster.events.count == 8)
        #expect(cluster.events.allSatisfy { $0.contains(" GangUnschedulable: " + text) })
        #expect(cluster.events.contains { $0.hasPrefix("PyTorchJob/job ") })
        let condition = cluster["big-0"]?[path: "status", "conditions"]?[0]
        #expect(condition?["type"] == "kubedl.io/GangScheduled" && condition?["status"] == "False")
        #expect(condition?["message"]?.string?.hasPrefix(text) ?? false)

        state.changeNode(from: nil, to: NodeProjection(try Node(nodeObject("node-4"))))
        await planner.pass(&memory)
        #expect(cluster.openPods.count == 7)
        #expect(cluster["big-0"]?[path: "status", "conditions"]?[0]?["status"] == "True")
    }

    @Test("two gangs that fit only one at a time: the second starts when the first has gone")
    func twoGangs() async throws {
        let (planner, _) = try makePlanner()
        addGang("a", of: 4)
        addGang("b", of: 4)
        var memory = GangPlanner.Memory()
        await planner.pass(&memory)
        #expect(cluster.openPods == (0..<4).map { "a-\($0)" })
        for index in 0..<4 { cluster.remove("a-\(index)") }
        await planner.pass(&memory)
        #expect(cluster.openPods == (0..<4).map { "b-\($0)" })
    }

    @Test("killed after any number of writes, the next planner completes the same gang first", arguments: 0...8)
    func killed(_ writes: Int) async throws {
        let (first, _) = try makePlanner()
        addGang("a", of: 4)
        addGang("b", of: 4)
        cluster.allowWrites(writes)
        var memory = GangPlanner.Memory()
        await first.pass(&memory)
        // Each pod takes two writes: its node in the status, then its gate.
        #expect(cluster.openPods.count <= writes / 2)
        cluster.allowWrites(.max)
        let opened = cluster.openPods.first?.prefix(1)

        let (second, state) = try makePlanner()
        memory = GangPlanner.Memory()
        await second.pass(&memory)
        let gang = opened ?? "a"
        #expect(cluster.openPods == (0..<4).map { "\(gang)-\($0)" })
        #expect(state.copy.nodes.allSatisfy { $0.free.gpus >= 0 })
        #expect(Set(state.copy.claims.keys) == Set((0..<4).map { "uid-\(gang)-\($0)" }))
    }

    @Test("a pod that is not bound in time is moved, and its pod says where to")
    func moved() async throws {
        let (planner, _) = try makePlanner()
        addGang("g", of: 1)
        var memory = GangPlanner.Memory()
        await planner.pass(&memory)
        let reserved = cluster["g-0"]?[path: "metadata", "annotations", "kubedl.io/reserved-node"]?.string
        cluster.advance(.seconds(61))
        await planner.pass(&memory)
        let moved = cluster["g-0"]?[path: "metadata", "annotations", "kubedl.io/reserved-node"]?.string
        #expect(reserved == "node-1" && moved == "node-2")
    }

    @Test("the same text is not written twice, nor by a planner that starts anew")
    func quiet() async throws {
        let (planner, _) = try makePlanner()
        addGang("big", of: 7)
        var memory = GangPlanner.Memory()
        for _ in 0..<4 {
            cluster.advance(.seconds(20))
            await planner.pass(&memory)
        }
        let count = cluster.events.count
        let (second, _) = try makePlanner()
        memory = GangPlanner.Memory()
        for _ in 0..<4 {
            cluster.advance(.seconds(20))
            await second.pass(&memory)
        }
        #expect(cluster.events.count == count)
    }

    @Test("a changing text is written at most every ten seconds")
    func board() {
        var board = WaitingBoard()
        let gang = GangKey(namespace: "ml", name: "g")
        let times = [(0, "a"), (1, "a"), (2, "a"), (3, "b"), (11, "b"), (12, "b"), (13, "b")]
        let due = times.map { board.due([gang: $0.1], now: start + .seconds($0.0))[gang] }
        #expect(due == [nil, nil, "a", nil, nil, "b", nil])
        let gone = board.due([:], now: start + .seconds(20))
        let back = board.due([gang: "b"], now: start + .seconds(21))
        #expect(gone.isEmpty && back.isEmpty)
    }
}
