internal import HTTPTransport
internal import KubernetesClient
internal import KubernetesModel
internal import Logging

/// What a node works with; all but the machine and its way to the API server is shared by all nodes.
struct NodeEnvironment: Sendable {
    /// What can fail.
    let machine: NodeMachine
    /// Talks to the API server by the machine's way.
    let client: KubernetesClient
    /// For probes: it speaks with servers whose certificates nobody vouches for.
    let http: HTTPClient
    let configuration: NodeFleetConfiguration
    /// Variables of all containers that say where the API server is.
    let apiVariables: [(String, String)]
    let isolation: Isolation
    /// The network of pods; nil if they all use the host's.
    let network: PodNetwork?
    /// Where each node is in it, by name.
    let places: [String: PodNetwork.Place]
    let tools: SystemTools
    /// The path of the script that makes containers.
    let script: String
    /// Where containers' memory can be limited; nil if this machine forbids it.
    let memory: MemoryGroups?
    let logs: LogRegistry
    let sessions: SessionRegistry
    let names: ClusterNames
    let logger: Logger
}
