import Foundation
import HTTPTransport
import LocalAPIServer
import Logging
import Serving

// swift run --package-path Benchmarks -c release api-server [SECONDS [ROW …]]
//
// Writes a second of the local API server over HTTPS, with and without watchers and data file, against a server that only
// sends the same bytes back. Clients and server share one process and its cores, so the clients' cost is in every figure.

let seconds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 5
let folder = FileManager.default.temporaryDirectory.path + "/kubedl-benchmark-\(getpid())"
defer { try? FileManager.default.removeItem(atPath: folder) }
let only = CommandLine.arguments.count > 2 ? Array(CommandLine.arguments.dropFirst(2)) : nil
let logger = {
    var logger = Logger(label: "benchmark")
    logger.logLevel = .error
    return logger
}()

/// How fast writes were, and what they cost: processor time, user and system, of clients and server.
struct Rate: Sendable {
    var perSecond: Double
    var microseconds: Double
}

func processorSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let (user, system) = (usage.ru_utime, usage.ru_stime)
    return Double(user.tv_sec + system.tv_sec) + Double(user.tv_usec + system.tv_usec) * 1e-6
}

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
) async throws -> Rate {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await run() }
        let client = try makeClient()
        defer { client.close() }
        let load = Load(client: client, address: "https://127.0.0.1:\(try await port())")
        let before = processorSeconds()
        let (writes, spent) = try await load.run(watchers: watchers, for: .seconds(seconds))
        let cost = processorSeconds() - before
        group.cancelAll()
        while await group.nextResult() != nil {}
        return Rate(perSecond: Double(writes) / spent, microseconds: cost * 1e6 / Double(writes))
    }
}

func measureServer(inFile: Bool, watchers: Int) async throws -> Rate {
    let data = folder + "/data-\(watchers)"
    let file = inFile ? try await ClusterFile(folder: data) : nil
    let server = try await LocalAPIServer(
        configuration: .init(certificateDirectory: folder), logger: logger, file: file)
    let rate = try await measure({ try await server.run() }, port: { try await server.started() }, watchers: watchers)
    await file?.close()
    return rate
}

func measureEcho() async throws -> Rate {
    let server = HTTPServer(
        configuration: ServerConfiguration(
            host: "127.0.0.1", port: 0,
            tls: .pem(certificateChain: try read("server.crt"), privateKey: try read("server.key")),
            clientAuthority: ClientAuthority(.pem(try read("ca.crt")))),
        handler: { .json($0.body) }, logger: logger)
    return try await measure({ try await server.run() }, port: { try await server.started() }, watchers: 0)
}

print("writes of 2 KB: create, update and delete of ConfigMaps by \(Load.writers) writers")
print("                          a second   processor µs a write   against the echo")
// Makes the certificates that all of them use.
_ = try await LocalAPIServer(configuration: .init(certificateDirectory: folder), logger: logger)
var echo: Rate?
for (name, measure) in [
    ("echo", { try await measureEcho() }),
    ("memory", { try await measureServer(inFile: false, watchers: 0) }),
    ("memory, 50 watchers", { try await measureServer(inFile: false, watchers: 50) }),
    ("data file", { try await measureServer(inFile: true, watchers: 0) }),
    ("data file, 50 watchers", { try await measureServer(inFile: true, watchers: 50) }),
] as [(String, () async throws -> Rate)] where only?.contains(name) ?? true {
    let rate = try await measure()
    echo = echo ?? rate
    let ratio = rate.microseconds / (echo?.microseconds ?? 1)
    print(
        name.padding(toLength: 24, withPad: " ", startingAt: 0),
        String(format: "%9.0f %22.0f %17.1f", rate.perSecond, rate.microseconds, ratio))
}
