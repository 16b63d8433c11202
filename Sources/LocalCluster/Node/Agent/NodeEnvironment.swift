internal import KubernetesClient
internal import KubernetesModel
internal import Logging

/// What all nodes of a local cluster share.
struct NodeEnvironment: Sendable {
    let client: KubernetesClient
    let configuration: NodeFleetConfiguration
    let isolation: Isolation
    let tools: SystemTools
    /// The path of the script that makes containers.
    let script: String
    let processes: ProcessRegistry
    let logs: LogRegistry
    let names: ClusterNames
    let logger: Logger
}
