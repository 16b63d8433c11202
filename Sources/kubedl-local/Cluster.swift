import KubernetesClient
import LocalAPIServer
import LocalNode
import LocalScheduler
import Logging

/// The parts of a local cluster, in one process.
struct Cluster: Sendable {
    let folder: StateFolder
    let port: Int
    let nodes: [NodeOptions]
    let images: [String: String]
    let schedulerConfiguration: String?
    /// The files that the kubeconfig is written to.
    let kubeconfigs: [String]
    let logger: Logger

    /// Runs until its task is cancelled or a part fails; no pod is left then.
    func run() async throws {
        let logs = FleetLogs()
        let server = try LocalAPIServer(
            configuration: .init(
                port: port, certificateDirectory: folder.certificates, serviceCIDR: try ServiceNetwork().range),
            logger: logger, podLogs: logs)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                let kubeconfig = try await server.clientKubeconfig()
                for path in kubeconfigs { try StateFolder.writePrivate(kubeconfig, to: path) }
                try await runClients(logs, apiPort: try await server.started())
            }
            // None of the parts ends by itself: the first to do so ends all.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func runClients(_ logs: FleetLogs, apiPort: Int) async throws {
        let configuration = try ClientConfiguration.load(kubeconfig: folder.kubeconfig)
        let client = KubernetesClient(configuration: configuration, userAgent: "kubedl-local")
        defer { client.close() }
        let fleet = NodeFleet(
            configuration: NodeFleetConfiguration(
                folder: folder.nodes, nodes: nodes, images: images,
                apiServer: .init(address: "127.0.0.1", port: apiPort)),
            client: client, logger: logger)
        logs.use(fleet.logs)
        let scheduler = PodScheduler(client: client, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await scheduler.run() }
            if let schedulerConfiguration {
                let file = ConfigurationFile(path: schedulerConfiguration, logger: logger)
                group.addTask { try await file.follow(scheduler) }
            }
            group.addTask {
                try await fleet.run { limitation in announce(configuration.server, limitation) }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func announce(_ server: String, _ limitation: String?) {
        if let limitation {
            logger.warning("This machine forbids part of what pods need", metadata: ["what": "\(limitation)"])
        }
        let count = nodes.count == 1 ? "1 node" : "\(nodes.count) nodes"
        Readiness.announce("kubedl-local is ready: \(server), \(count); export KUBECONFIG=\(kubeconfigs.last ?? "")")
    }
}
