import JSON
import KubernetesClient
import KubernetesModel
import Synchronization
import TestSupport
import Testing

@Suite("informers") struct InformerTests {
    /// An informer of pods over a scripted server, and what it told.
    final class Watched: Sendable {
        let informer: Informer<String>
        let time = ManualTime()
        private let log = Mutex<[String]>([])

        var changes: [String] { log.withLock { $0 } }

        init(_ server: ScriptedServer, idleTimeout: Duration = .seconds(180)) {
            informer = Informer(
                client: TestCluster.client(server), type: .pods, namespace: "ml", pageSize: 2,
                idleTimeout: idleTimeout, time: time.source
            ) { json in
                let value = try json.requireString("value")
                if value == "bad" { throw ConfigurationProblem() }
                return value
            }
            informer.onChange { key, old, new in
                self.log.withLock { $0.append("\(key.name) \(old ?? "-") \(new ?? "-")") }
            }
        }

        struct ConfigurationProblem: Error {}

        /// Runs the informer during a body.
        func run(_ body: @Sendable () async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.informer.run() }
                defer { group.cancelAll() }
                try await body()
            }
        }

        /// Lets time pass until a condition holds.
        func wait(_ what: String, _ condition: @escaping () -> Bool) async throws {
            try await eventually(what) {
                if condition() { return true }
                self.time.advance(by: .seconds(1))
                return condition()
            }
        }
    }

    /// Answers lists and watches each with the next of its scripts; the last watch stays open.
    /// Answers lists and watches in turn; the first `tooOld` watches get 410 as their answer.
    static func server(
        lists: [String], tooOld: Int = 0, watches: [@Sendable (ScriptedServer.Connection) -> Void]
    ) throws -> ScriptedServer {
        let counts = Shared((lists: 0, watches: 0))
        return try ScriptedServer { request, connection in
            if request.isWatch {
                let number = counts.withLock { counts in
                    counts.watches += 1
                    return counts.watches - 1 - tooOld
                }
                guard number >= 0 else { return connection.respond(410, T.status(.expired("too old"))) }
                connection.begin()
                if number < watches.count {
                    watches[number](connection)
                } else {
                    connection.waitForClientToClose()
                }
            } else {
                let number = counts.withLock { counts in
                    counts.lists += 1
                    return counts.lists - 1
                }
                connection.respond(200, lists[min(number, lists.count - 1)])
            }
        }
    }

    private typealias T = TestCluster

    @Test("lists page by page, follows changes, and goes on where a watch ended")
    func follows() async throws {
        let server = try Self.server(
            lists: [
                T.list([T.pod("a", rv: 1, value: "1"), T.pod("b", rv: 2, value: "1")], rv: 5, next: "x"),
                T.list([T.pod("c", rv: 3, value: "1")], rv: 5),
            ],
            watches: [
                { connection in
                    connection.chunk(T.event("MODIFIED", T.pod("a", rv: 6, value: "2")))
                    connection.chunk(T.event("ADDED", T.pod("d", rv: 7, value: "1")))
                    connection.chunk(T.event("DELETED", T.pod("b", rv: 8, value: "1")))
                    connection.chunk(T.bookmark(20))
                    connection.chunk("")
                }
            ])
        let watched = Watched(server)
        #expect(!watched.informer.hasSynced)
        try await watched.run {
            try await watched.informer.waitUntilSynced()
            try await watched.wait("the second watch") { server.requests.count >= 4 }
            #expect(watched.informer.hasSynced)
        }
        #expect(server.requests[3].query("resourceVersion") == "20", "the bookmark counts")
        #expect(watched.changes == ["a - 1", "b - 1", "c - 1", "a 1 2", "d - 1", "b 1 -"])
        #expect(Set(watched.informer.snapshot.map { "\($0.key) \($0.value)" }) == ["ml/a 2", "ml/c 1", "ml/d 1"])
    }

    @Test("a connection that breaks within an event loses nothing: the watch goes on from the last whole event")
    func cut() async throws {
        let server = try Self.server(
            lists: [T.list([T.pod("a", rv: 1, value: "1")], rv: 5)],
            watches: [
                { connection in
                    connection.chunk(T.event("MODIFIED", T.pod("a", rv: 6, value: "2")))
                    connection.chunk(String(T.event("MODIFIED", T.pod("a", rv: 7, value: "3")).prefix(40)))
                    connection.close()
                },
                { connection in
                    connection.chunk(T.event("MODIFIED", T.pod("a", rv: 7, value: "3")))
                    connection.waitForClientToClose()
                },
            ])
        let watched = Watched(server)
        try await watched.run {
            try await watched.wait("the lost event") {
                watched.informer.value(for: ObjectKey(namespace: "ml", name: "a")) == "3"
            }
        }
        #expect(server.requests.map { $0.query("resourceVersion") ?? "-" } == ["-", "5", "6"])
        #expect(watched.changes == ["a - 1", "a 1 2", "a 2 3"])
    }

    @Test(
        "after 410, an event or the answer, it lists anew, and tells what changed, what is new and what went away",
        arguments: [false, true])
    func gone(isAnswer: Bool) async throws {
        let event: @Sendable (ScriptedServer.Connection) -> Void = { connection in
            connection.chunk(T.event("ERROR", T.status(.expired("too old"))))
            connection.chunk("")
        }
        let server = try Self.server(
            lists: [
                T.list([T.pod("a", rv: 1, value: "1"), T.pod("b", rv: 2, value: "1")], rv: 5),
                T.list([T.pod("b", rv: 40, value: "2"), T.pod("c", rv: 41, value: "1")], rv: 50),
            ],
            tooOld: isAnswer ? 1 : 0, watches: isAnswer ? [] : [event])
        let watched = Watched(server)
        try await watched.run {
            try await watched.wait("the second watch") { server.requests.filter(\.isWatch).count == 2 }
        }
        #expect(watched.changes == ["a - 1", "b - 1", "b 1 2", "c - 1", "a 1 -"])
        #expect(watched.informer.resourceVersion == "50")
        #expect(server.requests.last?.query("resourceVersion") == "50")
    }

    @Test("one bad object stops nothing: its key stays known, the reason is kept, and it can get well")
    func badObject() async throws {
        let server = try Self.server(
            lists: [
                T.list([T.pod("a", rv: 1, value: "bad"), T.pod("b", rv: 2, value: "1")], rv: 5)
            ],
            watches: [
                { connection in
                    connection.chunk(T.event("MODIFIED", T.pod("b", rv: 6, value: "bad")))
                    connection.chunk(T.event("MODIFIED", T.pod("a", rv: 7, value: "2")))
                    connection.chunk(T.event("ADDED", #"{"metadata":17}"#))
                    connection.chunk(T.event("ADDED", T.pod("c", rv: 8, value: "1")))
                    connection.waitForClientToClose()
                }
            ])
        let watched = Watched(server)
        let (a, b) = (ObjectKey(namespace: "ml", name: "a"), ObjectKey(namespace: "ml", name: "b"))
        try await watched.run { try await watched.wait("the last event") { watched.informer.count == 3 } }
        #expect(watched.informer.value(for: a) == "2")
        #expect(watched.informer.value(for: b) == nil)
        #expect(watched.informer.contains(b))
        #expect(watched.informer.failures.keys.map(\.name) == ["b"])
        #expect(watched.changes == ["a - -", "b - 1", "b 1 -", "a - 2", "c - 1"])
    }

    @Test("the same event twice changes nothing, and one from the past, of whichever object, leads to a list")
    func backwards() async throws {
        let server = try Self.server(
            lists: [
                T.list([T.pod("a", rv: 10, value: "10")], rv: 10),
                T.list([T.pod("a", rv: 15, uid: "new", value: "15"), T.pod("b", rv: 14, value: "14")], rv: 15),
            ],
            watches: [
                { connection in
                    connection.chunk(T.event("MODIFIED", T.pod("a", rv: 11, value: "11")))
                    connection.chunk(T.event("MODIFIED", T.pod("a", rv: 11, value: "again")))
                    connection.chunk(T.event("DELETED", T.pod("a", rv: 13, value: "11")))
                    connection.chunk(T.event("ADDED", T.pod("a", rv: 12, value: "ghost")))
                    connection.waitForClientToClose()
                }
            ])
        let watched = Watched(server)
        try await watched.run { try await watched.wait("the list") { watched.informer.count == 2 } }
        #expect(watched.changes == ["a - 10", "a 10 11", "a 11 -", "a - 15", "b - 14"])
    }

    @Test(
        "watches that end soon are not repeated at once, whatever they brought",
        arguments: ["", TestCluster.bookmark(5), TestCluster.event("ERROR", TestCluster.status(.expired("too old")))])
    func shortWatches(text: String) async throws {
        let server = try ScriptedServer { request, connection in
            guard request.isWatch else { return connection.respond(200, TestCluster.list([], rv: 5)) }
            connection.begin()
            connection.chunk(TestCluster.bookmark(5) + text)
            connection.chunk("")
        }
        let watched = Watched(server)
        try await watched.run {
            try await eventually("ten watches") {
                // Only while the informer waits, so that no watch seems to have lasted.
                if watched.time.sleepers > 0 { watched.time.advance(by: .seconds(1)) }
                return server.requests.filter(\.isWatch).count >= 10
            }
        }
        #expect(watched.time.slept.count >= 9)
        #expect(watched.time.slept.allSatisfy { $0 >= .milliseconds(800) })
    }

    @Test("a watch that is refused, as after its resource went and came back, leads to a list")
    func refusedWatch() async throws {
        let watches = Shared(0)
        let server = try ScriptedServer { request, connection in
            guard request.isWatch else { return connection.respond(200, TestCluster.list([], rv: 5)) }
            let isFirst = watches.withLock { count in
                count += 1
                return count == 1
            }
            if isFirst { return connection.respond(404, TestCluster.status(.pathNotFound())) }
            connection.waitForClientToClose()
        }
        let watched = Watched(server)
        try await watched.run {
            try await watched.wait("the second watch") { server.requests.filter(\.isWatch).count == 2 }
        }
        #expect(server.requests.map(\.isWatch) == [false, true, false, true])
    }

    @Test("a watch without a byte for the idle timeout, not even a bookmark, is given up and leads to a list")
    func silence() async throws {
        let server = try Self.server(
            lists: [T.list([], rv: 5)], watches: [{ connection in connection.waitForClientToClose() }])
        let watched = Watched(server, idleTimeout: .milliseconds(200))
        try await watched.run {
            try await watched.wait("the second watch") { server.requests.filter(\.isWatch).count == 2 }
        }
        #expect(server.requests.map(\.isWatch) == [false, true, false, true])
    }

    @Test("an object of a list that is older than what is known of it changes nothing")
    func olderInList() async throws {
        let server = try Self.server(
            lists: [
                T.list([T.pod("a", rv: 10, value: "new")], rv: 10),
                T.list([T.pod("a", rv: 9, value: "old"), T.pod("b", rv: 15, value: "15")], rv: 15),
            ],
            watches: [
                { connection in
                    connection.chunk(T.event("ERROR", T.status(.expired("too old"))))
                    connection.chunk("")
                }
            ])
        let watched = Watched(server)
        try await watched.run { try await watched.wait("the second list") { watched.informer.count == 2 } }
        #expect(watched.changes == ["a - new", "b - 15"])
    }

    @Test("a list from the past is refused; a server that insists is believed")
    func stale() async throws {
        let old = T.list([T.pod("a", rv: 1, uid: "other", value: "old")], rv: 2)
        let server = try Self.server(
            lists: [T.list([T.pod("a", rv: 10, value: "new")], rv: 10), old, old, old],
            watches: [
                { connection in
                    connection.chunk(T.event("ERROR", T.status(.expired("too old"))))
                    connection.chunk("")
                }
            ])
        let watched = Watched(server)
        try await watched.run {
            try await watched.wait("belief") { server.requests.filter(\.isWatch).count == 2 }
        }
        #expect(watched.changes == ["a - new", "a new old"])
        #expect(server.requests.filter { !$0.isWatch }.count == 4)
        #expect(watched.informer.resourceVersion == "2")
    }

    @Test("failing lists are tried again, later and later, and Retry-After is kept")
    func failingLists() async throws {
        let count = Shared(0)
        let server = try ScriptedServer { request, connection in
            if request.isWatch { return _ = connection.waitForClientToClose() }
            let number = count.withLock { count in
                count += 1
                return count
            }
            switch number {
            case 1: connection.respond(500, "oops")
            case 2: connection.respond(429, "", headers: [("Retry-After", "100")])
            case 3: connection.respond(200, "<html>")
            case 4: connection.respond(404, TestCluster.status(.pathNotFound()))
            default: connection.respond(200, TestCluster.list([], rv: 3))
            }
        }
        let watched = Watched(server)
        try await watched.run {
            try await eventually("the first wait") { watched.time.sleepers == 1 }
            try await watched.wait("the first list") { watched.informer.hasSynced }
        }
        let waits = watched.time.slept
        #expect(waits.count >= 4)
        #expect(waits[0] >= .milliseconds(800) && waits[0] <= .milliseconds(1600))
        #expect(waits[1] == .seconds(100))
        #expect(waits[2] >= .milliseconds(3200) && waits[2] <= .milliseconds(6400))
    }
}
