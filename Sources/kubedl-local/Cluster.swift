import KubernetesClient
import LocalAPIServer
import LocalControllers
import LocalNode
import LocalScheduler
import Logging

/// The parts of a local cluster, in one process.
struct Cluster: Sendable {
    let folder: StateFolder
    let port: Int
    let nodes: [NodeOptions]
    let images: [String: String]
    let podNetwork: PodNetworkChoice
    let times: NodeTimes
    /// Where the cluster's state is kept; nil for memory only.
    let dataFolder: String?
    let schedulerConfiguration: String?
    /// The files that the kubeconfig is written to.
    let kubeconfigs: [String]
    let logger: Logger

    /// Runs until its task is cancelled or a part fails; no pod is left then.
    func run() async throws {
        var file: ClusterFile?
        if let dataFolder { file = try await ClusterFile(folder: dataFolder) }
        let addresses = try await ServiceNetwork(keptIn: file)
        let (network, limitation) = try await podNetwork.open(index: addresses.index)
        let result: Result<Void, any Error>
        do {
            result = .success(try await run(addresses, network, limitation, file))
        } catch {
            result = .failure(error)
        }
        await network?.close()
        await file?.close()
        try result.get()
    }

    private func run(
        _ addresses: ServiceNetwork, _ network: PodNetwork?, _ limitation: String?, _ file: ClusterFile?
    ) async throws {
        let logs = FleetLogs()
        let sessions = FleetSessions()
        var configuration = LocalAPIServer.Configuration(
            port: port, certificateDirectory: folder.certificates,
            serviceCIDR: network?.serviceRange ?? addresses.range)
        configuration.defaultNotReadyTolerationSeconds = times.defaultNotReadyTolerationSeconds
        configuration.defaultUnreachableTolerationSeconds = times.defaultUnreachableTolerationSeconds
        let server = try await LocalAPIServer(
            configuration: configuration, logger: logger, podLogs: logs, podSessions: sessions, file: file)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                let kubeconfig = try await server.clientKubeconfig()
                for path in kubeconfigs { try StateFolder.writePrivate(kubeconfig, to: path) }
                var fleet = NodeFleetConfiguration(
                    folder: folder.nodes, nodes: nodes(in: network), images: images,
                    apiServer: .init(address: "127.0.0.1", port: try await server.started()), network: network)
                fleet.leaseSeconds = times.nodeLeaseDurationSeconds
                try await runClients(logs, sessions, fleet, limitation)
            }
            // None of the parts ends by itself: the first to do so ends all.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// The nodes with addresses that pods can reach.
    private func nodes(in network: PodNetwork?) -> [NodeOptions] {
        guard let network else { return nodes }
        return nodes.enumerated().map { index, node in
            var node = node
            node.address = network.nodeAddress(index + 1)
            return node
        }
    }

    private func runClients(
        _ logs: FleetLogs, _ sessions: FleetSessions, _ nodes: NodeFleetConfiguration, _ networkLimitation: String?
    ) async throws {
        let configuration = try ClientConfiguration.load(kubeconfig: folder.kubeconfig)
        let client = KubernetesClient(configuration: configuration, userAgent: "kubedl-local")
        defer { client.close() }
        let fleet = NodeFleet(configuration: nodes, client: client, logger: logger)
        logs.use(fleet.logs)
        sessions.use(fleet.sessions)
        let scheduler = PodScheduler(client: client, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await scheduler.run() }
            let options = ClusterControllers.Options(
                nodeGrace: .seconds(times.nodeMonitorGracePeriod), volumes: folder.volumes)
            group.addTask { try await ClusterControllers(client: client, options: options, logger: logger).run() }
            if let schedulerConfiguration {
                let file = ConfigurationFile(path: schedulerConfiguration, logger: logger)
                group.addTask { try await file.follow(scheduler) }
            }
            group.addTask {
                try await fleet.run { limitation in
                    announce(
                        configuration.server, isBridged: nodes.network != nil,
                        [limitation, networkLimitation].compactMap { $0 })
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func announce(_ server: String, isBridged: Bool, _ limitations: [String]) {
        for limitation in limitations {
            logger.warning("This machine forbids part of what pods need", metadata: ["what": "\(limitation)"])
        }
        let count = nodes.count == 1 ? "1 node" : "\(nodes.count) nodes"
        let network =
            isBridged
            ? "; pods have addresses of their own and no way out of this machine (--pod-network host gives them one)"
            : ""
        Readiness.announce(
            "kubedl-local is ready: \(server), \(count)\(network); export KUBECONFIG=\(kubeconfigs.last ?? "")")
    }
}
