import Placement
import Testing

@Suite("Placement policies")
struct PolicyTests {
    static func share(_ size: Int32, cpu: Int32 = 0) -> DeviceRequest {
        DeviceRequest(milliCPU: cpu, memoryInMiB: 0, deviceCount: 1, milliDevice: size)
    }

    static func empty(_ devices: Int = 1, cpu: Int32 = 64_000, model: UInt32 = 1) -> NodeRoom {
        NodeRoom(milliCPU: cpu, memoryInMiB: 1 << 20, deviceCount: devices, model: model)
    }

    static func left(_ size: Int16, cpu: Int32 = 64_000) -> NodeRoom {
        var room = empty(cpu: cpu)
        room.devices[0] = size
        return room
    }

    @Test(
        "every policy has a name, and names can be weighed",
        arguments: PlacementPolicy.rules.map(\.name) + ["balanced", "fgd", "random", "fragmentation=0.5,best-fit=2"])
    func names(_ name: String) {
        #expect(PlacementPolicy(named: name) != nil)
    }

    @Test("what is not a policy is none", arguments: ["", "best", "best-fit=much", "best-fit=nan"])
    func unknownNames(_ name: String) {
        #expect(PlacementPolicy(named: name) == nil)
    }

    // F of the FGD paper, by hand: devices with 400, 500 and 1000 ‰ free, one kind of 500 ‰ and one CPU.
    @Test(
        "fragments are the devices too small for a kind, or all of them where it does not fit",
        arguments: [(Int32(1000), 400.0), (999, 1900)])
    func fragments(cpu: Int32, expected: Double) {
        var room = Self.empty(3, cpu: cpu)
        room.devices[0] = 400
        room.devices[1] = 500
        var rule = FragmentationRule()
        _ = rule.prepare(for: Workload([Self.share(500, cpu: 1000)]), rooms: [])
        #expect(rule.badness(of: room) == expected)
    }

    @Test("starvation counts what stays free when CPU allows fewer copies than devices do")
    func starvation() {
        var rule = StarvationRule()
        _ = rule.prepare(for: Workload([Self.share(500, cpu: 1000)]), rooms: [])
        #expect(rule.badness(of: Self.empty(2, cpu: 4000)) == 0)
        #expect(rule.badness(of: Self.empty(2, cpu: 3000)) == 500)
    }

    @Test("free device is worth what the best combination of shares makes of it")
    func deviceWorth() {
        var rule = DeviceWasteRule()
        _ = rule.prepare(for: Workload([Self.share(810), Self.share(470), Self.share(470)]), rooms: [])
        #expect(abs(rule.badness(of: Self.left(190))) < 1e-6)
        #expect(abs(rule.badness(of: Self.left(530)) + 500) < 1e-6)
        #expect(abs(rule.badness(of: Self.left(1000)) + 1000) < 1e-6)
    }

    @Test("a device is not spoiled for the pairs that the workload makes")
    func pairs() {
        // 650 and 320 belong together; best fit would put 320 beside 470, where another 470 is missing then.
        let workload = Workload([Self.share(650), Self.share(320), Self.share(470), Self.share(470)])
        for (name, expected) in [("balanced", 0), ("best-fit", 1)] {
            var placer = DevicePlacer(
                [Self.empty(), Self.empty()], policy: PlacementPolicy(named: name) ?? .balanced, workload: workload)
            placer.setRoom(of: 0, to: Self.left(530))
            placer.setRoom(of: 1, to: Self.left(350))
            #expect(placer.choose(Self.share(470))?.node == 0)
            #expect(placer.choose(Self.share(320))?.node == 1)
            placer.setRoom(of: 1, to: Self.left(1000))
            #expect(placer.choose(Self.share(320))?.node == (expected == 0 ? 1 : 0))
        }
    }

    @Test("a model costs others what they take from bound pods that will fill it", arguments: [(1, 1000.0), (60, 0)])
    func scarceModel(others: Int, price: Double) {
        let bound = DeviceRequest(milliCPU: 0, memoryInMiB: 0, deviceCount: 1, models: 0b01)
        let free = DeviceRequest(milliCPU: 0, memoryInMiB: 0, deviceCount: 1)
        let nodes = [Self.empty(4, model: 0b01), Self.empty(4, model: 0b10)]
        var rule = ModelScarcityRule()
        _ = rule.prepare(
            for: Workload([bound] + [DeviceRequest](repeating: free, count: others)), rooms: nodes)
        for (node, expected) in zip(nodes.indices, [price, 0]) {
            let room = nodes[node]
            let step = PlacementStep(request: free, node: node, capacity: room, before: room, after: room)
            #expect(rule.cost(of: step) == expected)
        }
    }

    @Test("random ties are the same for the same seed, and reach every node")
    func randomTies() {
        func nodes(seed: UInt64) -> [Int?] {
            let nodes = [NodeRoom](repeating: Self.empty(8), count: 4)
            var placer = DevicePlacer(nodes, policy: PlacementPolicy([], randomTies: seed), workload: Workload())
            return (0..<64).map { _ in placer.choose(Self.share(100))?.node }
        }
        #expect(nodes(seed: 1) == nodes(seed: 1))
        #expect(Set(nodes(seed: 1)).count == 4)
    }
}
