import HTTPTransport
import TestSupport
import Testing

@testable import LocalNode

@Suite("Faults of nodes")
struct FaultTests {
    @Test("a process tree is what has the roots as ancestors")
    func tree() {
        let parents: [Int32: Int32] = [10: 1, 11: 10, 12: 11, 20: 1, 21: 20]
        #expect(ProcessTree.descendants(of: [10], parents: parents) == [10, 11, 12])
    }

    @Test("an uplink that is cut lets nothing through, and lets it through again")
    func uplink() async throws {
        let server = try ScriptedServer { _, connection in connection.respond(200, "hello") }
        let port = try #require(server.url.split(separator: ":").last.flatMap { Int($0) })
        let uplink = try await Uplink(to: Backend(address: "127.0.0.1", port: port))
        let http = HTTPClient()
        defer { http.close() }
        let request = HTTPRequest(url: "http://127.0.0.1:\(uplink.port)/", timeout: .seconds(10))
        #expect(try await http.send(request).status == 200)
        uplink.set(isCut: true)
        await #expect(throws: HTTPError.self) { try await http.send(request) }
        uplink.set(isCut: false)
        #expect(try await http.send(request).status == 200)
        await uplink.close()
    }
}
