internal import Glibc
internal import HTTPTransport
internal import JSON
package import KubernetesClient
internal import KubernetesModel
package import Logging
internal import NIOPosix
internal import Synchronization

/// The nodes of a local cluster, all in this process, with the services' endpoints and addresses.
package final class NodeFleet: Sendable {
    /// How long containers have to end when the fleet ends, before they are killed.
    private static let lastGrace = Duration.seconds(2)

    private let configuration: NodeFleetConfiguration
    private let client: KubernetesClient
    private let logger: Logger
    private let http = HTTPClient(tls: TLSOptions(insecure: true))
    private let machines = Mutex<[NodeMachine]>([])
    /// The logs of all containers.
    package let logs = LogRegistry()
    /// What clients do in containers.
    package let sessions = SessionRegistry()

    /// Describes the nodes; ``run(whenRegistered:)`` makes them live.
    package init(configuration: NodeFleetConfiguration, client: KubernetesClient, logger: Logger) {
        self.configuration = configuration
        self.client = client
        self.logger = logger
    }

    /// Runs until its task is cancelled, then ends every container and returns once none is left.
    ///
    /// `whenRegistered` is called once all nodes are in the API server; it gets a sentence about what this machine forbids,
    /// or nil. Throws ``SystemError``, ``MissingTool``, `APIError` or `CancellationError`.
    package func run(whenRegistered: @escaping @Sendable (_ limitation: String?) -> Void) async throws {
        let result: Result<Void, any Error>
        do { result = .success(try await live(whenRegistered)) } catch { result = .failure(error) }
        await withDiscardingTaskGroup { group in
            for machine in machines.withLock({ $0 }) {
                group.addTask {
                    await machine.uplink?.close()
                    await machine.processes.stopAll(grace: Self.lastGrace)
                }
            }
        }
        http.close()
        let folder = configuration.folder
        await DetachedThread.perform { VolumeFolders.remove(folder + "/pods") }
        try result.get()
    }

    private func live(_ whenRegistered: @escaping @Sendable (String?) -> Void) async throws {
        let tools = try SystemTools()
        let folder = configuration.folder
        let script = folder + "/container.sh"
        try await NIOThreadPool.singleton.runIfActive {
            VolumeFolders.remove(folder + "/pods")
            try FileBytes.makeDirectory(folder + "/pods", mode: 0o711)
            try FileBytes.makeDirectory(folder + "/probe")
            try FileBytes.write(script, Array(ContainerScript.text.utf8))
        }
        let isolation = await IsolationProbe(script: script, scratch: folder + "/probe", tools: tools).run()
        let names = ClusterNames(nodes: configuration.nodes, logger: logger)
        let machines = try await makeMachines(isolation)
        let places = try await places(isolation, machines)
        let memory = Result { try MemoryGroups() }
        let variables = try await apiVariables()
        let agents = zip(configuration.nodes, machines).map { node, machine in
            let shared = NodeEnvironment(
                machine: machine, client: client(of: machine), http: http, configuration: configuration,
                apiVariables: variables, isolation: isolation,
                network: isolation.allowsMounts ? configuration.network : nil, places: places, tools: tools,
                script: script, memory: try? memory.get(), logs: logs, sessions: sessions, names: names, logger: logger)
            return NodeAgent(node, shared: shared)
        }
        defer { for agent in agents where agent.shared.client !== client { agent.shared.client.close() } }
        for agent in agents { try await agent.register() }
        whenRegistered(Self.limitation(isolation, memory))
        let faults = FaultServer(agents: agents, path: NodeFaults.socket(in: folder), logger: logger)
        let keeper = ServiceKeeper(
            client: client, apiServer: configuration.apiServer, places: Array(places.values), names: names,
            logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await keeper.run() }
            group.addTask { try await faults.run() }
            for (kind, type) in [(PodSources.Kind.configMap, ResourceType.configMaps), (.secret, .secrets)] {
                let sources = Informer(client: client, type: type, logger: logger) { _ in () }
                sources.onChange { key, _, _ in
                    for agent in agents { agent.sourceChanged(kind, key) }
                }
                group.addTask { try await sources.run() }
            }
            for agent in agents { group.addTask { try await agent.run() } }
            try await group.waitForAll()
        }
    }

    /// The machines of the nodes, in their order; they are ended with the fleet.
    private func makeMachines(_ isolation: Isolation) async throws -> [NodeMachine] {
        let network = isolation.allowsMounts ? configuration.network : nil
        for node in configuration.nodes {
            var uplink: Uplink?
            if let server = configuration.apiServer {
                uplink = try await Uplink(to: Backend(address: server.address, port: server.port))
            }
            let machine = NodeMachine(name: node.name, uplink: uplink, network: network)
            machines.withLock { $0.append(machine) }
        }
        return machines.withLock { $0 }
    }

    /// A client that goes by a machine's uplink, or ours.
    private func client(of machine: NodeMachine) -> KubernetesClient {
        guard let uplink = machine.uplink else { return client }
        var configuration = client.configuration
        configuration.server = "https://127.0.0.1:\(uplink.port)"
        return KubernetesClient(configuration: configuration, userAgent: "kubelet")
    }

    /// What this machine forbids, in a sentence.
    private static func limitation(_ isolation: Isolation, _ memory: Result<MemoryGroups, any Error>) -> String? {
        var parts: [String] = []
        if let problem = isolation.problem {
            parts.append(
                "containers run without namespaces: volumes and names of services are not available in pods (\(problem))"
            )
        }
        if case .failure(let error) = memory { parts.append("memory limits are not enforced (\(error))") }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// Gives each node its place in the network of pods; where containers cannot be in namespaces, the machine itself has
    /// the addresses.
    private func places(
        _ isolation: Isolation, _ machines: [NodeMachine]
    ) async throws -> [String: PodNetwork.Place] {
        guard let network = configuration.network else { return [:] }
        guard isolation.allowsMounts else {
            try await network.adopt(nodes: configuration.nodes.map(\.address))
            return [:]
        }
        var places: [String: PodNetwork.Place] = [:]
        for (node, machine) in zip(configuration.nodes, machines) {
            places[node.name] = try await network.join(
                node: node.name, address: node.address, machine.processes)
        }
        return places
    }

    /// Where containers find the API server: at the address of its service, or its own where we may not listen on 443.
    private func apiVariables() async throws -> [(String, String)] {
        guard let server = configuration.apiServer else { return [] }
        var (address, port) = (server.address, server.port)
        if geteuid() == 0 {
            let service = Service(json: try await client.get(.services, ServiceKeeper.apiService).root)
            address = service.clusterIP ?? address
            port = service.ports.first?.port ?? port
        }
        return ServiceVariables.variables("kubernetes", address: address, portName: "https", port: port)
    }
}
