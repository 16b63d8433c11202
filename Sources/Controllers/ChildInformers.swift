import KubernetesClient
import KubernetesModel
import Logging
import Reconciliation

/// What jobs of one API group own, watched once for all their controllers.
struct ChildInformers: Sendable {
    let pods: Informer<ObservedPod>
    let services: Informer<ObservedService>

    /// Watches pods and services that carry the group's label.
    init(client: KubernetesClient, group: String, namespace: String?, logger: Logger) {
        let selector = "\(LabelKey.groupName.name)=\(group)"
        pods = Informer(
            client: client, type: .pods, namespace: namespace, labelSelector: selector, logger: logger
        ) { ObservedPod(Pod(json: $0)) }
        services = Informer(
            client: client, type: .services, namespace: namespace, labelSelector: selector, logger: logger
        ) { ObservedService(Service(json: $0)) }
    }

    /// Watches until the task is cancelled. Handlers must be there before.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pods.run() }
            group.addTask { try await services.run() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Returns when both have been seen once.
    func waitUntilSynced() async throws {
        try await pods.waitUntilSynced()
        try await services.waitUntilSynced()
    }
}
