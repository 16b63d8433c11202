internal import Glibc
internal import JSON
internal import KubernetesClient
internal import KubernetesModel
internal import Logging
internal import Synchronization

/// Keeps what stands behind services current: EndpointSlices, Endpoints, the proxy, and the names in hosts files.
final class ServiceKeeper: Sendable {
    /// The service of the API server.
    static let apiService = ObjectKey(namespace: "default", name: "kubernetes")

    private let client: KubernetesClient
    private let apiServer: NodeFleetConfiguration.ServerAddress?
    private let names: ClusterNames
    private let proxy: ServiceProxy
    private let logger: Logger
    private let written = Mutex<[ObjectKey: EndpointPlan]>([:])

    /// A keeper; ``run()`` makes it work.
    init(
        client: KubernetesClient, apiServer: NodeFleetConfiguration.ServerAddress?, places: [PodNetwork.Place],
        names: ClusterNames, logger: Logger
    ) {
        self.apiServer = apiServer
        self.client = client
        self.names = names
        self.logger = logger
        proxy = ServiceProxy(places: places, logger: logger)
    }

    /// Runs until its task is cancelled. Throws `CancellationError` then.
    func run() async throws {
        let services = Informer(client: client, type: .services, logger: logger) { ServiceProjection(json: $0) }
        let pods = Informer(client: client, type: .pods, logger: logger) { EndpointPod(json: $0) }
        let queue = WorkQueue<ObjectKey>()
        let (changes, sink) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        services.onChange { key, _, _ in
            queue.add(key)
            sink.yield()
        }
        pods.onChange { _, old, new in
            let pods = [old ?? nil, new ?? nil].compactMap { $0 }
            guard let namespace = pods.first?.key.namespace, pods.count < 2 || pods[0] != pods[1] else { return }
            for service in services.values where service.service.namespace == namespace {
                queue.add(service.service.key)
            }
            sink.yield()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            group.addTask { try await pods.run() }
            try await services.waitUntilSynced()
            try await pods.waitUntilSynced()
            group.addTask {
                await queue.run(workers: 2) { key in await self.writeEndpoints(key, services, pods) }
            }
            group.addTask {
                for await _ in changes { await self.publish(services.values, pods.values.compactMap { $0 }) }
                await self.proxy.close()
            }
            sink.yield()
            try await group.waitForAll()
        }
    }

    /// Brings the proxy and the names to what is now.
    private func publish(_ services: [ServiceProjection], _ pods: [EndpointPod]) async {
        var fronts = EndpointPod.hostPorts(of: pods)
        var entries: [HostsFile.ServiceName] = []
        for projection in services {
            let service = projection.service
            let plan = EndpointPlan(service, pods: pods)
            if let address = service.clusterIP {
                entries.append(.init(namespace: service.namespace ?? "", name: service.name, addresses: [address]))
                if service.key == Self.apiService, let apiServer, geteuid() == 0 {
                    for port in service.ports {
                        fronts[.init(address: address, port: port.port)] = [
                            Backend(address: apiServer.address, port: apiServer.port)
                        ]
                    }
                }
                for port in service.ports where port.networkProtocol == "TCP" && !service.selector.isEmpty {
                    fronts[.init(address: address, port: port.port)] = plan.backends(ofServicePort: port.port)
                }
            } else if service.isHeadless {
                let ready = plan.groups.flatMap(\.endpoints).filter(\.isReady)
                let members = ready.filter { !$0.hostname.isEmpty }
                entries.append(
                    .init(
                        namespace: service.namespace ?? "", name: service.name,
                        addresses: Array(Set(ready.map(\.address))).sorted(),
                        members: members.map { .init(hostname: $0.hostname, address: $0.address) }))
            }
        }
        await names.update(entries)
        await proxy.update(fronts)
    }

    /// Writes the EndpointSlices and the Endpoints of a service, and removes what it needs no more; slices are removed with
    /// the service that owns them. Source: kubernetes pkg/controller/endpoint and pkg/controller/endpointslice.
    private func writeEndpoints(
        _ key: ObjectKey, _ services: Informer<ServiceProjection>, _ pods: Informer<EndpointPod?>
    ) async -> WorkQueue<ObjectKey>.Outcome {
        do {
            guard let service = services.value(for: key)?.service else {
                written.withLock { $0[key] = nil }
                try await delete(.endpoints, key)
                return .done
            }
            guard !service.selector.isEmpty else { return .done }
            let plan = EndpointPlan(service, pods: pods.values.compactMap { $0 })
            let before = written.withLock { $0[key] }
            if before == plan { return .done }
            let slices = plan.slices(of: service)
            for slice in slices { try await apply(.endpointSlices, slice) }
            for index in slices.count..<max(before?.groups.count ?? 0, slices.count) {
                let name = EndpointPlan.sliceName(key.name, index)
                try await delete(.endpointSlices, ObjectKey(namespace: key.namespace, name: name))
            }
            try await apply(.endpoints, plan.endpoints(of: service))
            written.withLock { $0[key] = plan }
            return .done
        } catch {
            logger.warning("Endpoints cannot be written", metadata: ["service": "\(key)", "error": "\(error)"])
            return .retry
        }
    }

    private func apply(_ type: ResourceType, _ object: JSONValue) async throws(APIError) {
        let key = ObjectKey(
            namespace: object[path: "metadata", "namespace"]?.string,
            name: object[path: "metadata", "name"]?.string ?? "")
        do {
            _ = try await client.create(type, namespace: key.namespace, object)
        } catch {
            guard error.isAlreadyExists else { throw error }
            _ = try await client.patch(type, key, .merge(object))
        }
    }

    private func delete(_ type: ResourceType, _ key: ObjectKey) async throws(APIError) {
        do {
            _ = try await client.delete(type, key)
        } catch {
            guard error.isNotFound else { throw error }
        }
    }
}
