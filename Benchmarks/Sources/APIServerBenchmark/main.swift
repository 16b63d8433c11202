import Foundation
import HTTPTransport
import LocalAPIServer
import Logging
import Serving

// swift run --package-path Benchmarks -c release api-server [SECONDS]
//
// Writes a second of the local API server over HTTPS, with and without watchers and data file, against a server that only
// sends the same bytes back. Clients and server share one process and its cores, so the clients' cost is in every figure.

let seconds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 5
let folder = FileManager.default.temporaryDirectory.path + "/kubedl-benchmark-\(getpid())"
defer { try? FileManager.default.removeItem(atPath: folder) }
var logger = Logger(label: "benchmark")
logger.logLevel = .error

func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: folder + "/" + name))) }

func makeClient() throws -> HTTPClient {
    HTTPClient(
        tls: TLSOptions(
            certificateAuthority: .pem(try read("ca.crt")), clientCertificatePEM: try read("admin.crt"),
            clientKeyPEM: try read("admin.key")))
}

/// Measures what is served while `run` runs.
func measure(
    _ run: @escaping @Sendable () async throws -> Void, port: () async throws -> Int, watchers: Int
) async throws -> Double {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await run() }
        let client = try makeClient()
        defer { client.close() }
        let load = Load(client: client, address: "https://127.0.0.1:\(try await port())")
        let (writes, spent) = try await load.run(watchers: watchers, for: .seconds(seconds))
        group.cancelAll()
        while await group.nextResult() != nil {}
        return Double(writes) / spent
    }
}

func measureServer(inFile: Bool, watchers: Int) async throws -> Double {
    let data = folder + "/data-\(watchers)"
    let file = inFile ? try await ClusterFile(folder: data) : nil
    let server = try await LocalAPIServer(
        configuration: .init(certificateDirectory: folder), logger: logger, file: file)
    let rate = try await measure({ try await server.run() }, port: { try await server.started() }, watchers: watchers)
    await file?.close()
    return rate
}

func measureEcho() async throws -> Double {
    let server = HTTPServer(
        configuration: ServerConfiguration(
            host: "127.0.0.1", port: 0,
            tls: .pem(certificateChain: try read("server.crt"), privateKey: try read("server.key")),
            clientAuthority: ClientAuthority(.pem(try read("ca.crt")))),
        handler: { .json($0.body) }, logger: logger)
    return try await measure({ try await server.run() }, port: { try await server.started() }, watchers: 0)
}

var rows: [(name: String, rate: Double)] = []
rows.append(("memory", try await measureServer(inFile: false, watchers: 0)))
rows.append(("memory, 50 watchers", try await measureServer(inFile: false, watchers: 50)))
rows.append(("data file", try await measureServer(inFile: true, watchers: 0)))
rows.append(("data file, 50 watchers", try await measureServer(inFile: true, watchers: 50)))
let echo = try await measureEcho()
print("writes of 2 KB a second: create, update and delete of ConfigMaps by \(Load.writers) writers; ratio to an echo")
for row in [("echo", echo)] + rows {
    print("  \(row.0.padding(toLength: 24, withPad: " ", startingAt: 0)) \(Int(row.1))  \(Int(100 * row.1 / echo)) %")
}
