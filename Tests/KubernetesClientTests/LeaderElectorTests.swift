import JSON
import KubernetesClient
import KubernetesModel
import Synchronization
import TestSupport
import Testing

@Suite("leader election over the API") struct LeaderElectorTests {
    /// A server that holds one lease with optimistic concurrency.
    final class LeaseServer: Sendable {
        private struct State {
            var lease: JSONValue?
            var version = 0
            var isDown = false
        }

        /// Called before a write is answered.
        let beforeAnswer: @Sendable () -> Void

        init(beforeAnswer: @escaping @Sendable () -> Void = {}) { self.beforeAnswer = beforeAnswer }

        private let state = Mutex(State())

        var holder: String? {
            state.withLock { $0.lease?[path: "spec", "holderIdentity"]?.string }
        }
        var transitions: Int? { state.withLock { $0.lease?[path: "spec", "leaseTransitions"]?.int } }

        func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }

        func start() throws -> ScriptedServer {
            try ScriptedServer { request, connection in
                let (status, body) = self.answer(request)
                if request.method != "GET" { self.beforeAnswer() }
                connection.respond(status, body)
            }
        }

        private func answer(_ request: ScriptedServer.Request) -> (Int, String) {
            state.withLock { state in
                if state.isDown { return (503, "") }
                if request.method == "GET" {
                    guard let lease = state.lease else { return (404, TestCluster.status(.notFound(.leases, "l"))) }
                    return (200, lease.text)
                }
                guard var lease = try? JSONValue(parsing: request.body) else { return (400, "") }
                let version = lease[path: "metadata", "resourceVersion"]?.string
                let expected = state.lease == nil ? nil : String(state.version)
                guard version == expected else { return (409, TestCluster.status(.conflict(.leases, "l"))) }
                state.version += 1
                lease[path: "metadata", "resourceVersion"] = JSONValue(String(state.version))
                state.lease = lease
                return (200, lease.text)
            }
        }
    }

    private func elector(_ server: ScriptedServer, _ identity: String, _ time: ManualTime) -> LeaderElector {
        LeaderElector(
            client: TestCluster.client(server), lease: ObjectKey(namespace: "s", name: "l"), identity: identity,
            time: time.source)
    }

    @Test("one leads, gives the lease back when its work is cancelled, and the other takes over at once")
    func handOver() async throws {
        let leases = LeaseServer()
        let server = try leases.start()
        let time = ManualTime()
        let (first, second) = (elector(server, "one", time), elector(server, "two", time))
        try await withThrowingTaskGroup(of: Void.self) { group in
            let firstRun = AsyncStream<Void>.makeStream()
            group.addTask {
                await withThrowingTaskGroup(of: Void.self) { inner in
                    inner.addTask { try await first.run { try await Task.sleep(for: .seconds(1000)) } }
                    var iterator = firstRun.stream.makeAsyncIterator()
                    _ = await iterator.next()
                    inner.cancelAll()
                }
            }
            try await eventually("the first leads") { first.isLeader }
            let worked = Shared(false)
            group.addTask { try await second.run { worked.withLock { $0 = true } } }
            for _ in 0..<30 {
                time.advance(by: .seconds(1))
                try await Task.sleep(for: .milliseconds(3))
            }
            #expect(!second.isLeader)
            #expect(leases.holder == "one")
            firstRun.continuation.yield()
            try await eventually("the first has let go") { leases.holder == "" }
            #expect(!first.isLeader)
            try await eventually("the second has worked") {
                // Time passes only while everybody waits for it, so that it cannot run away from a request.
                if time.sleepers > 0 && !second.isLeader { time.advance(by: .seconds(1)) }
                return worked.withLock { $0 }
            }
            try await group.waitForAll()
        }
        #expect(leases.holder == "")
        #expect(leases.transitions == 1)
    }

    @Test("a lease whose answer comes after the renew deadline is not relied on")
    func lateAnswer() async throws {
        let time = ManualTime()
        let writes = Shared(0)
        let leases = LeaseServer {
            let isFirst = writes.withLock { writes in
                writes += 1
                return writes == 1
            }
            if isFirst { time.advance(by: .seconds(11)) }
        }
        let elector = elector(try leases.start(), "one", time)
        let writesAtStart = Shared(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await elector.run { writesAtStart.withLock { $0 = writes.value } } }
            try await eventually("the pause after the late answer") { time.sleepers == 1 }
            #expect(!elector.isLeader)
            #expect(leases.holder == "one")
            time.advance(by: .seconds(2))
            try await group.waitForAll()
        }
        #expect(writesAtStart.value >= 2, "the work began only after a write that was answered in time")
    }

    @Test("a leader that cannot renew stops its work and says so")
    func lost() async throws {
        let leases = LeaseServer()
        let server = try leases.start()
        let time = ManualTime()
        let elector = elector(server, "one", time)
        let stopped = Shared(false)
        await #expect(throws: LeaderElector.Lost.self) { @Sendable in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await elector.run {
                        defer { stopped.withLock { $0 = true } }
                        try await Task.sleep(for: .seconds(1000))
                    }
                }
                try await eventually("leadership") { elector.isLeader }
                leases.setDown(true)
                try await eventually("its end") {
                    time.advance(by: .milliseconds(500))
                    return stopped.withLock { $0 }
                }
                try await group.waitForAll()
            }
        }
        #expect(!elector.isLeader)
        #expect(leases.holder == "one", "nothing is given back that may be another's by now")
    }
}
