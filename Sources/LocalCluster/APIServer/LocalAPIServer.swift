import Cryptography
import JSON
import KubernetesModel
import Logging
import Serving
import Synchronization

/// A Kubernetes API server for trying, developing and testing on one machine.
///
/// It serves HTTPS with an authority of its own; whoever holds a client certificate of that authority may do
/// everything.
/// State lives as long as the object, or in a ``ClusterFile``. Never part of production.
package final class LocalAPIServer: Sendable {
    /// Where to listen and what to call things.
    package struct Configuration: Sendable {
        /// The address to listen on and to write into kubeconfigs.
        package var host: String
        /// 0 takes any free port, or the one that the cluster had before.
        package var port: Int
        /// Created with mode 0700; gets `ca.crt`, `server.crt`, `server.key`, `admin.crt`, `admin.key`.
        package var certificateDirectory: String
        /// What kubeconfigs call cluster, user and context.
        package var clusterName: String
        /// Block of the services' cluster addresses.
        package var serviceCIDR: String
        /// Seconds that pods which do not say so stay on a node that is not ready. Source: kube-apiserver flags.
        package var defaultNotReadyTolerationSeconds = 300
        /// The same for a node that cannot be reached.
        package var defaultUnreachableTolerationSeconds = 300
        /// Finds host and port behind a service that a webhook configuration names; nil uses the cluster address.
        package var webhookServiceResolver:
            (@Sendable (_ namespace: String, _ name: String, _ port: Int) -> (host: String, port: Int)?)?

        /// A configuration; only the folder has no default.
        package init(
            host: String = "127.0.0.1", port: Int = 0, certificateDirectory: String,
            clusterName: String = "kubedl-local",
            serviceCIDR: String = "127.96.0.0/16",
            webhookServiceResolver: (
                @Sendable (_ namespace: String, _ name: String, _ port: Int) -> (host: String, port: Int)?
            )? = nil
        ) {
            self.host = host
            self.port = port
            self.certificateDirectory = certificateDirectory
            self.clusterName = clusterName
            self.serviceCIDR = serviceCIDR
            self.webhookServiceResolver = webhookServiceResolver
        }
    }

    /// A configuration that cannot be used.
    package struct ConfigurationError: Error, CustomStringConvertible {
        package var description: String
    }

    private let configuration: Configuration
    private let logger: Logger
    private let certificates: ServerCertificates
    private let firstAddress: String
    private let core: APICore
    private let caller: WebhookCaller
    private let server: HTTPServer
    private let file: ClusterFile?

    /// Takes up what `file` holds, makes certificates and writes them. Throws for a block that is none or another than
    /// before, a folder that cannot be written, and ``ClusterFile/Problem``.
    package init(
        configuration: Configuration, logger: Logger, podLogs: (any PodLogSource)? = nil,
        podSessions: (any PodSessionSource)? = nil, file: ClusterFile? = nil
    ) async throws {
        guard let block = IPv4Block(configuration.serviceCIDR) else {
            throw ConfigurationError(
                description: "\"\(configuration.serviceCIDR)\" is not an IPv4 block such as 127.96.0.0/16")
        }
        self.configuration = configuration
        self.logger = logger
        self.file = file
        firstAddress = IPv4Block.text(block.hosts.lowerBound)
        let facts = try await ClusterFacts(keptIn: file, services: block)
        certificates = try ServerCertificates.make(
            authority: facts.authority, host: configuration.host, serviceAddress: firstAddress)
        try certificates.write(to: configuration.certificateDirectory)
        let store = if let file { try await Store(file: file) } else { Store() }
        let registry = ResourceRegistry(builtIn: BuiltInResources.all)
        caller = WebhookCaller(
            resolve: configuration.webhookServiceResolver ?? { Self.clusterAddress(store, $0, $1, $2) })
        core = APICore(
            store: store, registry: registry,
            addresses: ServiceAddresses(block: block, services: store.list(.services).objects),
            admission: AdmissionChain(store: store, registry: registry, caller: caller, logger: logger),
            tokens: ServiceAccountTokens(key: facts.tokenKey),
            tolerated: [
                ("node.kubernetes.io/not-ready", configuration.defaultNotReadyTolerationSeconds),
                ("node.kubernetes.io/unreachable", configuration.defaultUnreachableTolerationSeconds),
            ],
            clock: { Timestamp.now() }, logger: logger)
        core.committed(.customResourceDefinitions)
        let address = Mutex("\(configuration.host):\(configuration.port)")
        let router = RequestRouter(
            core: core, podLogs: podLogs, podSessions: podSessions, logger: logger, address: { address.withLock { $0 } }
        )
        var serving = ServerConfiguration(
            host: configuration.host, port: configuration.port == 0 ? facts.port : configuration.port,
            tls: .pem(certificateChain: certificates.server.chainPEM, privateKey: certificates.server.keyPEM),
            clientAuthority: ClientAuthority(.pem(certificates.authority)))
        serving.refusal = { ("application/json", StatusBody.refused($0, $1).value.bytes) }
        server = HTTPServer(configuration: serving, handler: { await router.respond($0) }, logger: logger)
    }

    private static func clusterAddress(
        _ store: Store, _ namespace: String, _ name: String, _ port: Int
    ) -> (host: String, port: Int)? {
        let service = store.get(.services, ObjectKey(namespace: namespace, name: name))
        guard let address = service?.json[path: "spec", "clusterIP"]?.string, address != "None" else { return nil }
        return (address, port)
    }

    /// Serves until cancelled. Run it once. Throws when it cannot listen.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.server.run() }
            group.addTask { await GarbageCollector(core: self.core, logger: self.logger).run() }
            group.addTask { await self.completeNamespaces() }
            if file != nil { group.addTask { try await self.core.store.keepSaved() } }
            group.addTask {
                let port = try await self.server.started()
                try await self.file?.keep("port", Array("\(port)".utf8))
                try await InitialObjects.create(
                    in: self.core, serviceAddress: self.firstAddress, host: self.configuration.host, port: port)
                await self.expireEvents()
            }
            defer { caller.close() }
            // The first task that ends, by failure or by cancellation, ends all.
            do {
                try await group.next()
            } catch is CancellationError {}
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }

    /// Waits until the server listens and its first objects are there. Answers the port.
    package func started() async throws -> Int {
        let port = try await server.started()
        let service = ObjectKey(namespace: "default", name: "kubernetes")
        for await _ in core.store.wakeUps(for: .services) where core.store.get(.services, service) != nil { break }
        try Task.checkCancellation()
        return port
    }

    /// YAML text of a kubeconfig with the authority and the administrator's certificate inline; waits for
    /// ``started()``.
    package func clientKubeconfig() async throws -> String {
        let port = try await started()
        return Kubeconfig.text(
            name: configuration.clusterName, server: "https://\(configuration.host):\(port)",
            authority: certificates.authority, certificate: certificates.administrator.chainPEM,
            key: certificates.administrator.keyPEM)
    }

    /// Forgets old events once a minute.
    private func expireEvents() async {
        while (try? await Task.sleep(for: .seconds(60), tolerance: .seconds(10))) != nil {
            EventExpiry.apply(to: core.store, now: core.clock())
        }
    }

    /// Gives new namespaces their service account and the authority's certificate.
    private func completeNamespaces() async {
        for await _ in core.store.wakeUps(for: .namespaces) {
            while await !areNamespacesComplete(), (try? await Task.sleep(for: .milliseconds(500))) != nil {}
        }
    }

    /// Completes those that are not; false if that did not work for some.
    private func areNamespacesComplete() async -> Bool {
        var isDone = true
        for namespace in core.store.list(.namespaces).objects where !namespace.isTerminating {
            do {
                try await InitialObjects.complete(
                    namespace: namespace.key.name, in: core, authority: certificates.authority)
            } catch {
                isDone = false
                logger.debug(
                    "a namespace will be completed later",
                    metadata: ["namespace": "\(namespace.key.name)", "reason": "\(error)"])
            }
        }
        return isDone
    }
}
