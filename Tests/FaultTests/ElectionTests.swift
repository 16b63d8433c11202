import KubernetesClient
import KubernetesModel
import Synchronization
import TestSupport
import Testing

@Suite("leader election under faults") struct ElectionTests {
    private struct Leaders: Sendable {
        var now: Set<String> = []
        var all: Set<String> = []
        var most = 0
    }

    private final class Log: Sendable {
        let leaders = Mutex(Leaders())
    }

    @Test("a leader that is cut off stops before another begins, and there are never two", arguments: [21, 22])
    func partition(seed: UInt64) async throws {
        try await FaultWorld.with(seed: seed) { world in
            let log = Log()
            let timing = try ElectionTiming(
                leaseDuration: .seconds(4), renewDeadline: .seconds(2), retryPeriod: .milliseconds(250))
            let (one, two) = (try world.client("one"), try world.directClient(0))
            try await withThrowingTaskGroup(of: Void.self) { group in
                world.proxy.harm(30)
                for (name, client) in [("one", one), ("two", two)] {
                    if name == "two" { try await eventually("the first leads") { Self.leads("one", log) } }
                    let elector = LeaderElector(
                        client: client, lease: ObjectKey(namespace: "default", name: "lock"), identity: name,
                        timing: timing)
                    group.addTask {
                        do { try await elector.run { try await Self.lead(name, log) } } catch is LeaderElector.Lost {}
                    }
                }
                world.proxy.setDown(true)
                try await eventually("the second leads") { Self.leads("two", log) }
                group.cancelAll()
            }
            #expect(log.leaders.withLock { $0.most } == 1)
            #expect(log.leaders.withLock { $0.all } == ["one", "two"])
            one.close()
            two.close()
        }
    }

    private static func leads(_ name: String, _ log: Log) -> Bool { log.leaders.withLock { $0.now.contains(name) } }

    private static func lead(_ name: String, _ log: Log) async throws {
        log.leaders.withLock { leaders in
            leaders.now.insert(name)
            leaders.all.insert(name)
            leaders.most = max(leaders.most, leaders.now.count)
        }
        defer { log.leaders.withLock { _ = $0.now.remove(name) } }
        try await Task.sleep(for: .seconds(1000))
    }
}
