import JSON
import KubernetesModel
import TestSupport
import Testing

@testable import KubernetesClient

@Suite("watches") struct WatchTests {
    private func events(_ server: ScriptedServer, rv: String? = "5") async throws -> [String] {
        let stream = try await TestCluster.client(server)
            .watch(.pods, namespace: "ml", options: ListOptions(resourceVersion: rv))
        var found: [String] = []
        for try await event in stream {
            found.append("\(event.type.rawValue) \(ObjectMeta(of: event.object.root).resourceVersion)")
        }
        return found
    }

    @Test("events arrive in order, however they are cut into pieces", arguments: [1, 7, 1000])
    func order(size: Int) async throws {
        let text =
            TestCluster.event("ADDED", TestCluster.pod("a", rv: 6)) + "\n"
            + TestCluster.event("MODIFIED", TestCluster.pod("a", rv: 7)) + TestCluster.bookmark(9)
            + TestCluster.event("DELETED", TestCluster.pod("a", rv: 10))
        let server = try ScriptedServer { _, connection in
            connection.begin()
            var rest = Substring(text)
            while !rest.isEmpty {
                connection.chunk(String(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            connection.chunk("")
        }
        #expect(try await events(server) == ["ADDED 6", "MODIFIED 7", "BOOKMARK 9", "DELETED 10"])
        let request = try #require(server.requests.first)
        #expect(request.query("resourceVersion") == "5")
        #expect(request.query("allowWatchBookmarks") == "true")
        #expect((300...600).contains(request.query("timeoutSeconds").flatMap { Int($0) } ?? 0))
    }

    @Test("a version that is too old is Gone, as an answer or as an event")
    func gone() async throws {
        let answer = try ScriptedServer { _, connection in
            connection.respond(410, TestCluster.status(.expired("too old resource version")))
        }
        let error = await #expect(throws: APIError.self) { try await events(answer) }
        #expect(error?.isGone == true)
        let event = try ScriptedServer { _, connection in
            connection.begin()
            connection.chunk(TestCluster.event("ERROR", TestCluster.status(.expired("too old"))))
            connection.chunk("")
        }
        #expect(try await events(event) == ["ERROR "])
    }

    struct Broken: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var ends: Bool
        var says: String
    }

    @Test(
        "what is no whole event is an error worth another try",
        arguments: [
            Broken(testDescription: "cut", text: #"{"type":"ADDED","obj"#, ends: false, says: ""),
            Broken(
                testDescription: "ended within", text: #"{"type":"ADDED","obj"#, ends: true, says: "within an event"),
            Broken(testDescription: "no JSON", text: "{]\n", ends: true, says: "not JSON"),
            Broken(
                testDescription: "unknown type", text: #"{"type":"X","object":{}}"# + "\n", ends: true, says: "know"),
            Broken(testDescription: "no object", text: #"{"type":"ADDED"}"# + "\n", ends: true, says: "know"),
        ])
    func broken(row: Broken) async throws {
        let server = try ScriptedServer { _, connection in
            connection.begin()
            connection.chunk(row.text)
            if row.ends { connection.chunk("") } else { connection.close() }
        }
        let error = await #expect(throws: APIError.self) { try await events(server) }
        #expect(error?.retry == .backoff)
        #expect(error?.message.contains(row.says) == true, "\(error?.message ?? "")")
    }

    @Test("a watch that is never answered ends at its deadline, cancelling ends one that is quiet")
    func silent() async throws {
        let server = try ScriptedServer { request, connection in
            if request.path.contains("quiet") { connection.begin() }
            connection.waitForClientToClose()
        }
        let client = TestCluster.client(server)
        var options = ListOptions()
        options.timeout = .milliseconds(100)
        let given = options
        let error = await #expect(throws: APIError.self) { try await client.watch(.pods, options: given) }
        #expect(error?.retry == .backoff)
        let stream = try await client.watch(.pods, namespace: "quiet")
        let reading = await withTaskGroup(of: APIError?.self) { group in
            group.addTask {
                do throws(APIError) {
                    for try await _ in stream {}
                    return nil
                } catch {
                    return error
                }
            }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(reading?.isCancelled == true)
    }

    @Test("a line over the limit is refused before it is whole, one at the limit is not")
    func lineLimit() throws {
        var lines = LineSplitter(maximumBytes: 4)
        lines.append(Array("1234\n\r\n  \n56\n7".utf8))
        #expect(try lines.next() == Array("1234".utf8))
        #expect(try lines.next() == Array("56".utf8))
        #expect(try lines.next() == nil)
        #expect(lines.partialBytes == 1)
        lines.append(Array("890".utf8))
        #expect(try lines.next() == nil)
        lines.append([65])
        #expect(throws: LineSplitter.TooLong.self) { try lines.next() }
    }
}
