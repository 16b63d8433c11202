import KubernetesModel
import LocalAPIServer
import LocalNode
import Synchronization

/// Gives the API server the logs of containers, once there are nodes.
final class FleetLogs: PodLogSource {
    private let registry = Mutex<LogRegistry?>(nil)

    /// Uses the logs of these nodes from now on.
    func use(_ logs: LogRegistry) { registry.withLock { $0 = logs } }

    func streamLogs(
        of container: ContainerLogReference, options: PodLogOptions,
        to write: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        let logs = registry.withLock { $0 }
        guard let logs,
            try await logs.stream(podUID: container.podUID, container: container.container, options, to: write)
        else {
            let name = "container \"\(container.container)\" in pod \"\(container.podName)\""
            throw PodLogError(
                code: 400, reason: "BadRequest",
                message: options.previous
                    ? "previous terminated \(name) not found" : "\(name) is waiting to start: ContainerCreating")
        }
    }
}
