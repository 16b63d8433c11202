internal import JSON
package import KubernetesClient
internal import KubernetesModel
package import Logging

/// Runs the local cluster's controllers: what kube-controller-manager is to a cluster.
package struct ClusterControllers: Sendable {
    private let client: KubernetesClient
    private let controllers: [Controller]
    private let logger: Logger

    /// Controllers that act through `client`.
    package init(client: KubernetesClient, controllers: [Controller] = Self.all, logger: Logger) {
        self.client = client
        self.controllers = controllers
        self.logger = logger
    }

    /// Every controller that there is.
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
