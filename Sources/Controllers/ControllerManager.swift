import KubernetesClient
import KubernetesModel
import Logging
import Workloads

/// Runs every controller of the suite, in one of several copies at a time.
package struct ControllerManager: Sendable {
    private let client: KubernetesClient
    private let configuration: ControllerConfiguration
    private let logger: Logger

    /// The controllers for the cluster that `client` reaches.
    package init(client: KubernetesClient, configuration: ControllerConfiguration, logger: Logger) {
        self.client = client
        self.configuration = configuration
        self.logger = logger
    }

    /// Works until the task is cancelled. With an election it first waits to be chosen; when the lease is lost everything
    /// stops, and it stands for election again.
    package func run() async throws {
        guard let election = configuration.election else { return try await work() }
        while true {
            let elector = LeaderElector(
                client: client, lease: election.lease, identity: election.identity, timing: election.timing,
                logger: logger)
            do {
                try await elector.run { try await work() }
                return
            } catch let lost as LeaderElector.Lost {
                logger.warning("controllers stopped until the lease is free", metadata: ["reason": "\(lost)"])
            }
        }
    }

    private func work() async throws {
        let recorder = EventRecorder(
            client: client, component: "kubedl-controllers", instance: configuration.election?.identity ?? "",
            logger: logger)
        let cluster = LiveCluster(client: client, recorder: recorder)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (apiGroup, profiles) in Dictionary(grouping: configuration.profiles, by: \.resource.group) {
                let children = ChildInformers(
                    client: client, group: apiGroup, namespace: configuration.namespace, logger: logger)
                for profile in profiles {
                    let controller = JobController(
                        profile: profile, cluster: cluster, configuration: configuration, logger: logger)
                    controller.follow(children)
                    group.addTask { try await controller.run(watching: client, children) }
                }
                group.addTask { try await children.run() }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
