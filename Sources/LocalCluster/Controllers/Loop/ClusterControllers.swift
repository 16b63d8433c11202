internal import JSON
package import KubernetesClient
internal import KubernetesModel
package import Logging

/// Runs the local cluster's controllers: what kube-controller-manager is to a cluster.
package struct ClusterControllers: Sendable {
    private let client: KubernetesClient
    private let controllers: [Controller]
    private let logger: Logger

    /// What an operator may choose.
    package struct Options: Sendable {
        /// How long a node may be silent. Source: kube-controller-manager `--node-monitor-grace-period`.
        package var nodeGrace: Duration
        /// The folder that volumes are made in, absolute.
        package var volumes: String

        /// Options from their parts.
        package init(nodeGrace: Duration = .seconds(50), volumes: String) {
            self.nodeGrace = nodeGrace
            self.volumes = volumes
        }
    }

    /// Every controller that there is, acting through `client`.
    package init(client: KubernetesClient, options: Options, logger: Logger) {
        self.client = client
        self.controllers =
            Self.all + LostPods.controllers + [
                NodeHealth.controller(grace: options.nodeGrace), ClaimBinding(folder: options.volumes).controller,
                VolumeReclaim(folder: options.volumes).controller,
            ]
        self.logger = logger
    }

    /// The controllers that have no options.
    package static let all: [Controller] = [
        .deployments, .replicaSets, .jobs, .orphanedJobPods, .budgets, .quotas,
    ]

    /// Runs until the task is cancelled. Throws `CancellationError` then.
    package func run() async throws {
        let types = Set(controllers.flatMap { [$0.root] + $0.uses })
        let informers = Dictionary(
            uniqueKeysWithValues: types.map { type in
                (type, Informer(client: client, type: type, logger: logger) { $0.detached() })
            })
        let loops = controllers.map { ControllerLoop($0, client: client, informers: informers, logger: logger) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for informer in informers.values { group.addTask { try await informer.run() } }
            for informer in informers.values { try await informer.waitUntilSynced() }
            for loop in loops { group.addTask { await loop.run() } }
            try await group.waitForAll()
        }
    }
}
