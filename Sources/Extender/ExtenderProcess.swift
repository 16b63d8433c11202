package import KubernetesClient
internal import KubernetesModel
package import Logging
internal import Placement
package import Serving

/// The process `kubedl extender`: serves the scheduler, follows nodes and pods, and plans gangs while it leads.
package struct ExtenderProcess: Sendable {
    /// What an operator chooses.
    package struct Configuration: Sendable {
        /// The address to listen on.
        package var host = "0.0.0.0"
        /// The port; 0 takes any free one.
        package var port = 8443
        /// The serving certificate and its key; they are followed while the process runs.
        package var tls: TLSFiles
        /// A PEM file with the authority of the scheduler's client certificate; `nil` asks for none.
        package var clientAuthorityFile: String?
        /// The namespace of the lease.
        package var leaseNamespace = "kubedl-system"
        /// The name of the lease. One planner leads for each.
        package var leaseName = "kubedl-extender"
        /// How the lease is held; `nil` is 6, 4 and 1 seconds. Gangs wait for as long as a killed planner's lease lasts.
        package var timing: ElectionTiming?
        /// What tells this process from others, such as the pod's name and a random suffix.
        package var identity: String
        /// How long room stays set aside for a pod that the scheduler does not bind.
        package var claimLifetime = Duration.seconds(60)

        /// A configuration with the usual values.
        package init(tls: TLSFiles, identity: String) {
            self.tls = tls
            self.identity = identity
        }
    }

    private let client: KubernetesClient
    private let configuration: Configuration
    private let logger: Logger

    /// A process that is not running yet.
    package init(client: KubernetesClient, configuration: Configuration, logger: Logger) {
        self.client = client
        self.configuration = configuration
        self.logger = logger
    }

    /// Runs until cancelled; then it stops taking requests, finishes those it has and gives its lease back.
    ///
    /// Throws when it cannot listen or read its certificate.
    package func run() async throws {
        let state = ClusterState(claimLifetime: configuration.claimLifetime)
        let nodes = Informer(client: client, type: .nodes, logger: logger) { NodeProjection(Node(json: $0)) }
        let texts = StringPool()
        let pods = Informer(client: client, type: .pods, logger: logger) {
            PodProjection(Pod(json: $0)).sharing(texts)
        }
        nodes.onChange { _, old, new in state.changeNode(from: old, to: new) }
        pods.onChange { _, old, new in state.changePod(from: old, to: new, now: .now()) }
        let isReady: @Sendable () -> Bool = { nodes.hasSynced && pods.hasSynced }

        let registry = MetricsRegistry()
        let metrics = ExtenderMetrics(registry)
        let api = KubernetesClusterAPI(
            client: client,
            events: EventRecorder(
                client: client, component: "kubedl-extender", instance: configuration.identity, logger: logger))
        let monitor = CertificateMonitor()
        let service = ExtenderService(
            state: state, binder: Binder(state: state, api: api, logger: logger, now: { .now() }), registry: registry,
            metrics: metrics, requiresPeer: configuration.clientAuthorityFile != nil, checks: [monitor.check],
            isReady: isReady)
        let planner = GangPlanner(state: state, api: api, metrics: metrics, logger: logger, now: { .now() })
        var serverConfiguration = self.serverConfiguration
        serverConfiguration.metrics = registry
        serverConfiguration.certificateMonitor = monitor
        let server = HTTPServer(
            configuration: serverConfiguration, handler: { await service.respond(to: $0) }, logger: logger)

        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask { try await nodes.run() }
            group.addTask { try await pods.run() }
            group.addTask { try await lead(planner, isReady) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private var serverConfiguration: ServerConfiguration {
        ServerConfiguration(
            host: configuration.host, port: configuration.port, tls: .files(configuration.tls),
            clientAuthority: configuration.clientAuthorityFile.map { ClientAuthority(.file($0)) },
            limits: ExtenderService.limits)
    }

    /// Plans while this process leads; waits for the lease again when it is lost.
    private func lead(_ planner: GangPlanner, _ isReady: @escaping @Sendable () -> Bool) async throws {
        let usual = try ElectionTiming(leaseDuration: .seconds(6), renewDeadline: .seconds(4), retryPeriod: .seconds(1))
        let timing = configuration.timing ?? usual
        let lease = ObjectKey(namespace: configuration.leaseNamespace, name: configuration.leaseName)
        while true {
            try Task.checkCancellation()
            let elector = LeaderElector(
                client: client, lease: lease, identity: configuration.identity, timing: timing, logger: logger)
            do {
                try await elector.run { try await planner.run(isReady: isReady) }
            } catch let lost as LeaderElector.Lost {
                logger.warning("planning stopped", metadata: ["reason": "\(lost)"])
            }
        }
    }
}
