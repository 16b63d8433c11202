import Placement
import Testing

@Suite("Simulation of a cluster trace")
struct SimulationTests {
    static let nodes = """
        sn,cpu_milli,memory_mib,gpu,model
        a,64000,262144,2,P100
        b,96000,393216,8,G2
        c,104000,524288,2,T4
        d,64000,262144,0,

        """
    static let pods = """
        name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos
        p0,12000,16384,1,1000,,LS
        p1,6000,12288,1,460,P100|T4,LS
        p2,4000,4096,0,0,,BE
        p3,4000,4096,4,1000,G2,BE
        p4,2000,4096,1,810,,BE
        p5,2000,4096,1,190,V100,BE

        """

    @Test("nodes and pods are read with their units, models and shares")
    func reading() throws {
        let trace = try ClusterTrace(nodes: Self.nodes, pods: Self.pods)
        #expect(trace.nodeNames == ["a", "b", "c", "d"])
        #expect(trace.capacity == 12_000)
        #expect(trace.nodes[1] == NodeRoom(milliCPU: 96_000, memoryInMiB: 393_216, deviceCount: 8, model: 0b10))
        #expect(
            trace.pods[1]
                == DeviceRequest(
                    milliCPU: 6000, memoryInMiB: 12_288, deviceCount: 1, milliDevice: 460, models: 0b101))
        #expect(trace.pods[2].demand == 0)
        #expect(trace.pods[5].models == 0)
    }

    @Test(
        "a text that is no trace is refused with its line",
        arguments: [
            ("", "line 1: there is no header"), ("name,cpu_milli\na\n", "line 2: has 1 fields, the header has 2"),
            (
                "name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,1,1,-1,0\n",
                "line 2: num_gpu is not a whole number from 0 up"
            ),
        ])
    func malformed(pods: String, expected: String) {
        #expect { try ClusterTrace(nodes: Self.nodes, pods: pods) } throws: { "\($0)" == expected }
    }

    @Test("an order of arrival holds every pod once and then draws again, up to the ratio; the same for the same seed")
    func arrivals() throws {
        let trace = try ClusterTrace(nodes: Self.nodes, pods: Self.pods)
        let order = trace.arrivals(seed: 7)
        #expect(order.prefix(6).sorted() == Array(0..<6))
        #expect(order == trace.arrivals(seed: 7))
        #expect(order != trace.arrivals(seed: 8))
        #expect(order.reduce(0) { $0 + trace.pods[$1].demand } <= 15_600)
        #expect(trace.arrivals(seed: 7, ratio: 0.2).reduce(0) { $0 + trace.pods[$1].demand } <= 2400)
    }

    @Test(
        "no policy places what does not fit or drops what does, and all fill the cluster",
        arguments: PlacementPolicy.rules.map(\.name) + ["balanced", "fgd", "random"], [true, false])
    func everyPolicyIsSound(name: String, isKnown: Bool) throws {
        let trace = try ClusterTrace(nodes: Self.nodes, pods: Self.pods)
        let policy = try #require(PlacementPolicy(named: name, seed: 1))
        let run = try PlacementSimulation(
            nodes: trace.nodes, arrivals: trace.arrivals(seed: 1, ratio: 3).map { trace.pods[$0] }, policy: policy,
            workload: isKnown ? Workload(trace.pods) : nil)
        let last = try #require(run.points.last)
        #expect(run.dropped > 0)
        #expect(last.allocated > 6000 && last.allocated <= 12_000)
    }

    @Test("the audit finds each fault of a scheduler")
    func audit() throws {
        let trace = try ClusterTrace(nodes: Self.nodes, pods: Self.pods)
        let whole = trace.pods[0]
        var books = PlacementAudit(trace.nodes)
        #expect(throws: PlacementAudit.Violation.wrongDevices(node: 0)) {
            try books.take(whole, node: 0, devices: 0b100)
        }
        #expect(throws: PlacementAudit.Violation.wrongDevices(node: 0)) {
            try books.take(whole, node: 0, devices: 0b11)
        }
        #expect(throws: PlacementAudit.Violation.wrongModel(node: 1)) {
            try books.take(trace.pods[1], node: 1, devices: 0b1)
        }
        try books.take(trace.pods[4], node: 2, devices: 0b1)
        #expect(throws: PlacementAudit.Violation.wrongDevices(node: 2)) {
            try books.take(whole, node: 2, devices: 0b1)
        }
        #expect(throws: PlacementAudit.Violation.refused(couldUse: 0)) { try books.refuse(trace.pods[2]) }
        #expect(throws: PlacementAudit.Violation.overcommitted(node: 3)) {
            try books.take(DeviceRequest(milliCPU: 64_001, memoryInMiB: 0), node: 3, devices: 0)
        }
    }

    @Test("allocation at a percentage is the mean over the arrivals that round to it")
    func allocation() throws {
        let whole = DeviceRequest(milliCPU: 0, memoryInMiB: 0, deviceCount: 1)
        let run = try PlacementSimulation(
            nodes: [NodeRoom(milliCPU: 1, memoryInMiB: 1, deviceCount: 2, model: 1)],
            arrivals: [whole, DeviceRequest(milliCPU: 1, memoryInMiB: 1), whole, whole],
            policy: .balanced, workload: nil)
        #expect(run.allocation(at: 50) == 50)
        #expect(run.allocation(at: 100) == 100)
        #expect(run.allocation(at: 150) == 100)
        #expect(run.allocation(at: 75) == nil)
    }
}
