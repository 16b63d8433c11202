import Logging
import NIOCore
import NIOPosix
import Testing

@testable import LocalNode

@Suite("The network of pods")
struct PodNetworkTests {
    @Test(
        "a range is read from text",
        arguments: [
            ("10.1.0.0/16", IPv4Range(first: 0x0a01_0000, prefix: 16)),
            ("1.2.3.4", .init(first: 0x0102_0304, prefix: 32)),
            ("0.0.0.0/0", .init(first: 0, prefix: 0)), ("default", nil), ("1.2.3", nil), ("1.2.3.256", nil),
            ("1.2.3.4/33", nil), ("1.2.3.4/", nil), ("fe80::1/64", nil), ("1.2.3.4/8/9", nil), ("", nil),
        ] as [(String, IPv4Range?)])
    func reading(_ text: String, _ range: IPv4Range?) { #expect(IPv4Range(text) == range) }

    @Test(
        "ranges overlap where one contains the other",
        arguments: [
            ("10.0.0.0/8", "10.96.0.0/16", true), ("10.96.3.1", "10.96.0.0/16", true),
            ("10.97.0.0/16", "10.96.0.0/16", false),
            ("10.96.0.0/15", "10.97.0.0/16", true), ("192.168.0.0/16", "10.96.0.0/16", false),
            ("0.0.0.0/0", "10.96.0.0/16", true), ("255.255.255.255", "255.0.0.0/8", true),
        ])
    func overlaps(_ left: String, _ right: String, _ expected: Bool) throws {
        let (left, right) = (try #require(IPv4Range(left)), try #require(IPv4Range(right)))
        #expect(left.overlaps(right) == expected)
        #expect(right.overlaps(left) == expected)
    }

    @Test(
        "a cluster takes the first network that is routed nowhere else",
        arguments: [
            (0, [], 96), (3, ["192.168.0.0/16", "172.17.0.0/16"], 99), (0, ["10.96.0.0/12"], 112),
            (0, ["10.97.5.0/24", "10.96.7.9"], 98), (0, ["10.96.0.0/11", "10.128.0.0/9"], 0), (0, ["10.0.0.0/8"], nil),
        ] as [(Int, [String], Int?)])
    func choice(_ index: Int, _ routes: [String], _ second: Int?) {
        let plan = PodNetworkPlan(index: index, routes: routes.compactMap { IPv4Range($0) })
        #expect(plan?.second == second)
    }

    @Test("default routes count for nothing, all others and addresses do")
    func survey() {
        let text = """
            default via 192.0.2.1 dev eth0 \\
            10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.5
            4: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0
            broadcast 0.0.0.0/0 dev x
            """
        let found = Set(IPv4Range.ranges(in: text))
        let expected = ["10.0.0.0/24", "10.0.0.5", "192.0.2.1", "192.0.2.2/24", "192.0.2.255"].compactMap {
            IPv4Range($0)
        }
        #expect(found == Set(expected))
    }

    @Test("nodes, the bridge, pods and services have addresses of their own")
    func addresses() throws {
        let plan = try #require(PodNetworkPlan(index: 31, routes: []))
        let slots = [0, 1, 255, 256, PodNetworkPlan.podCapacity - 1]
        let pods = slots.map { plan.podAddress($0) }
        #expect(pods == ["10.127.1.0", "10.127.1.1", "10.127.1.255", "10.127.2.0", "10.127.126.255"])
        #expect(plan.nodeAddress(250) == "10.127.0.250")
        let services = try #require(IPv4Range(plan.serviceRange))
        for address in pods + [plan.gateway, plan.nodeAddress(1), plan.nodeAddress(250)] {
            #expect(IPv4Range(address).map { services.overlaps($0) } == false)
        }
        // The kernel allows 15 bytes.
        #expect(plan.bridge.utf8.count <= 15 && plan.link(PodNetworkPlan.podCapacity - 1).utf8.count <= 15)
    }

    @Test("a number that was given back is the last to be handed out again")
    func slots() {
        var pool = SlotPool(capacity: 3)
        #expect([pool.take(), pool.take()] == [0, 1])
        pool.giveBack(0)
        #expect([pool.take(), pool.take(), pool.take()] == [2, 0, nil])
        pool.giveBack(1)
        #expect(pool.take() == 1)
    }

    /// A network of a number that no cluster uses; nil where the machine does not allow one.
    static func network(_ index: Int) async -> PodNetwork? { try? await PodNetwork.open(index: index) }

    static func hasInterface(_ name: String) -> Bool { FileBytes.isDirectory("/sys/class/net/\(name)") != nil }

    @Test("two pods listen on the same port, each at its own address, and reach each other and the host's services")
    func traffic() async throws {
        let index = Int.random(in: 100..<5000)
        guard let network = await Self.network(index) else { return }
        let sandbox = try await Sandbox()
        guard sandbox.isolation.allowsMounts else { return await network.close() }
        let processes = ProcessRegistry()
        let (a, b) = (try await network.join(processes, node: "n"), try await network.join(processes, node: "n"))
        #expect(a.address != b.address)
        let gateway = try #require(PodNetworkPlan.gateway(near: a.address))
        let host = try await ServiceProxyTests.server("host", on: gateway)
        let port = host.localAddress?.port ?? 0
        let server = """
            import socket, sys
            s = socket.create_server(("0.0.0.0", 7000)); c, _ = s.accept(); c.sendall(sys.argv[1].encode()); c.close()
            """
        let client = """
            import socket, sys, time
            def ask(address, port):
                for _ in range(500):
                    try: c = socket.create_connection((address, port), 5); break
                    except ConnectionRefusedError: time.sleep(0.01)
                c.shutdown(socket.SHUT_WR); return c.makefile().read()
            print(ask(sys.argv[1], 7000), ask(sys.argv[2], 7000), ask(sys.argv[3], int(sys.argv[4])))
            """
        let outputs = [(a, "a"), (b, "b")]
        for (place, name) in outputs {
            let launch = try sandbox.launch(["python3", "-c", server, name]) {
                $0.networkHolder = place.holder.processID
            }
            _ = processes.start(launch.process(sandbox.isolation, sandbox.tools), output: Captured()) { _ in }
        }
        let launch = try sandbox.launch(["python3", "-c", client, a.address, b.address, gateway, String(port)]) {
            $0.networkHolder = a.holder.processID
        }
        let result = await sandbox.run(launch)
        #expect(result.out == "a b host 0\n", "\(result.error) \(result.problem ?? "")")
        try await host.close()
        network.leave(a)
        network.leave(b)
        await processes.stopAll(grace: .zero)
        await network.close()
        #expect(!Self.hasInterface("kubedl-\(index)"))
    }

    @Test("nodes are namespaces of their own, in which the proxy can listen")
    func nodes() async throws {
        let index = Int.random(in: 100..<5000)
        guard let network = await Self.network(index) else { return }
        let processes = ProcessRegistry()
        let addresses = [network.nodeAddress(1), network.nodeAddress(2)]
        let places = [
            try await network.join(node: "a", address: addresses[0], processes),
            try await network.join(node: "b", address: addresses[1], processes),
        ]
        #expect(places.map(\.address) == addresses)
        let server = try await ServiceProxyTests.server("pod")
        let backend = Backend(address: "127.0.0.1", port: server.localAddress?.port ?? 0)
        let proxy = ServiceProxy(places: places, logger: Logger(label: "test"))
        let front = ServiceProxy.Front(address: addresses[0], port: 7001)
        await proxy.update([front: [backend]])
        #expect(try await ServiceProxyTests.ask(7001, bytes: 5, at: addresses[0]) == "pod 5")
        await #expect(throws: (any Error).self) {
            try await ServiceProxyTests.ask(7001, bytes: 5, at: addresses[1])
        }
        await proxy.close()
        try await server.close()
        await processes.stopAll(grace: .zero)
        await network.close()
    }

    @Test("where containers cannot be in namespaces, the machine has the addresses of nodes")
    func adoption() async throws {
        guard let network = await Self.network(Int.random(in: 100..<5000)) else { return }
        let address = network.nodeAddress(1)
        try await network.adopt(nodes: [address])
        let server = try await ServiceProxyTests.server("node", on: address)
        #expect(try await ServiceProxyTests.ask(server.localAddress?.port ?? 0, bytes: 1, at: address) == "node 1")
        try await server.close()
        await network.close()
    }

    @Test("what a cluster that was killed left is replaced")
    func leftover() async throws {
        let index = Int.random(in: 5000..<9999)
        guard let killed = await Self.network(index) else { return }
        let network = try #require(await Self.network(index))
        #expect(killed.serviceRange == network.serviceRange)
        #expect(Self.hasInterface("kubedl-\(index)"))
        await PodNetwork.removeLeftover(index: index)
        #expect(!Self.hasInterface("kubedl-\(index)"))
        await PodNetwork.removeLeftover(index: index)
        await network.close()
    }
}

extension PodNetworkPlan {
    /// The gateway of the network of an address.
    fileprivate static func gateway(near address: String) -> String? {
        let parts = address.split(separator: ".")
        return parts.count == 4 ? "\(parts[0]).\(parts[1]).0.254" : nil
    }
}
