import Cryptography
import Foundation
import HTTPTransport
import KubernetesClient
import KubernetesModel
import LocalAPIServer
import Logging
import TestSupport
import Testing

/// Real API servers, a proxy before them, and what clients need to reach them through it or directly.
final class FaultWorld: Sendable {
    let folder: TemporaryFolder
    let proxy: FaultProxy
    private let ports: [Int]
    private let admins: [TLSChannel.Identity]

    /// Back-off that tests have the time for.
    static let backoff = Backoff(base: .milliseconds(50), cap: .milliseconds(400), jitter: 1)

    private init(seed: UInt64, folder: TemporaryFolder, ports: [Int]) throws {
        self.folder = folder
        self.ports = ports
        admins = try ports.indices.map { number in
            let path = folder.path + "/server-\(number)"
            return try TLSChannel.Identity(
                certificate: path + "/admin.crt", key: path + "/admin.key", isServer: false)
        }
        let identity = try Self.identity(in: folder, by: CertificateAuthority.make(commonName: "first"))
        try folder.write("token", "first")
        proxy = try FaultProxy(seed: seed, port: ports[0], upstream: admins[0], identity: identity)
    }

    /// Runs `body` beside as many servers as asked for; the proxy leads to the first.
    static func with(
        seed: UInt64, servers: Int = 1, _ body: @escaping @Sendable (FaultWorld) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var all: [LocalAPIServer] = []
        for number in 0..<servers {
            let path = folder.path + "/server-\(number)"
            all.append(try await LocalAPIServer(configuration: .init(certificateDirectory: path), logger: logger))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for server in all { group.addTask { try await server.run() } }
            var ports: [Int] = []
            for server in all { ports.append(try await server.started()) }
            let world = try FaultWorld(seed: seed, folder: folder, ports: ports)
            defer { group.cancelAll() }
            try await body(world)
        }
    }

    /// Makes a server certificate by an authority whose certificate becomes the clients' `ca.pem`.
    static func identity(in folder: TemporaryFolder, by authority: CertificateAuthority) throws -> TLSChannel.Identity {
        let issued = try authority.issueServer(dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"])
        let identity = try TLSChannel.Identity(
            certificate: folder.write("proxy.crt", issued.chainPEM), key: folder.write("proxy.key", issued.keyPEM),
            isServer: true)
        try folder.write("ca.pem", authority.certificatePEM)
        return identity
    }

    /// A client through the proxy, named for the proxy's counts.
    func client(_ name: String) throws -> KubernetesClient {
        let trust: @Sendable () throws -> TLSOptions = { [folder] in
            TLSOptions(certificateAuthority: .pem(try folder.read("ca.pem")))
        }
        var configuration = ClientConfiguration(
            server: "https://127.0.0.1:\(proxy.port)", tls: try trust(),
            credentials: .tokenFile(folder.path + "/token"))
        configuration.reloadTLS = trust
        return KubernetesClient(configuration: configuration, userAgent: name)
    }

    /// A client that goes straight to a server.
    func directClient(_ number: Int) throws -> KubernetesClient {
        let path = "server-\(number)"
        let tls = TLSOptions(
            certificateAuthority: .pem(try folder.read(path + "/ca.crt")),
            clientCertificatePEM: try folder.read(path + "/admin.crt"),
            clientKeyPEM: try folder.read(path + "/admin.key"))
        return KubernetesClient(
            configuration: ClientConfiguration(server: "https://127.0.0.1:\(ports[number])", tls: tls))
    }

    /// Leads the proxy to another server.
    func goOn(with number: Int, floor: UInt64 = 0) {
        proxy.goOn(with: ports[number], admins[number], floor: floor)
    }
}

/// Waits until a condition holds; fails the test after half a minute.
func eventually(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("\(what) did not come true", sourceLocation: sourceLocation)
            throw CancellationError()
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}
