internal import JSON
internal import KubernetesModel

/// What the service machinery needs to know of a service.
struct ServiceProjection: Sendable {
    /// The service as the API server gave it.
    let document: JSONDocument
    /// Reads a service.
    init(json: JSONView) { document = json.detached() }
    /// The service itself.
    var service: Service { Service(json: document.root) }
}

/// The endpoints of a service. Source: kubernetes endpointslice controller.
struct EndpointPlan: Sendable, Hashable {
    /// A pod behind the service.
    struct Endpoint: Sendable, Hashable {
        var pod: ObjectKey
        var uid: String
        var nodeName: String
        var address: String
        /// Whether connections may go there.
        var isReady: Bool
        var isServing: Bool
        var isTerminating: Bool
        var hostname: String
    }

    /// Pods that have the same numbers for all ports of the service.
    struct Group: Sendable, Hashable {
        /// The number of each port of the service that the pods have, in order of the service.
        var ports: [Port]
        var endpoints: [Endpoint]
    }

    /// A port of the service and its number in the pods.
    struct Port: Sendable, Hashable {
        var name: String
        var servicePort: Int
        var number: Int
        var networkProtocol: String
    }

    /// Groups in order of their ports; endpoints in order of pods.
    private(set) var groups: [Group] = []

    /// The endpoints of `service` among `pods`, none for a service without a selector.
    init(_ service: Service, pods: some Sequence<EndpointPod>) {
        let selector = service.selector
        guard !selector.isEmpty, service.type != "ExternalName" else { return }
        let wanted = selector.pairs
        let namespace = service.namespace
        var found: [[Port]: [Endpoint]] = [:]
        for pod in pods where pod.key.namespace == namespace {
            guard wanted.allSatisfy({ pod.labels[$0.0] == $0.1 }) else { continue }
            let ports = service.ports.compactMap { Self.port($0, of: pod) }
            if ports.isEmpty, !service.ports.isEmpty { continue }
            let counts = service.publishesNotReadyAddresses
            let hostname = pod.subdomain == service.name ? pod.hostname : ""
            found[ports, default: []].append(
                Endpoint(
                    pod: pod.key, uid: pod.uid, nodeName: pod.nodeName, address: pod.address,
                    isReady: counts || (pod.isReady && !pod.isTerminating), isServing: pod.isReady,
                    isTerminating: pod.isTerminating, hostname: hostname))
        }
        groups = found.map { ports, endpoints in
            Group(ports: ports, endpoints: endpoints.sorted { $0.pod < $1.pod })
        }.sorted { $0.ports.map(\.number).lexicographicallyPrecedes($1.ports.map(\.number)) }
    }

    /// The number of a service's port in a pod; nil if the pod has no port of the name.
    private static func port(_ port: ServicePort, of pod: EndpointPod) -> Port? {
        let number: Int?
        switch port.targetPort {
        case .number(let given): number = given
        case .name(let name):
            number = pod.ports.first { $0.name == name && $0.networkProtocol == port.networkProtocol }?.number
        }
        return number.map {
            Port(name: port.name, servicePort: port.port, number: $0, networkProtocol: port.networkProtocol)
        }
    }

    /// The addresses that connections to a port of the service go to.
    func backends(ofServicePort port: Int) -> [Backend] {
        groups.flatMap { group in
            group.ports.filter { $0.servicePort == port && $0.networkProtocol == "TCP" }.flatMap { port in
                group.endpoints.filter(\.isReady).map { Backend(address: $0.address, port: port.number) }
            }
        }
    }
}

/// An address that a service's connections go to.
struct Backend: Sendable, Hashable {
    var address: String
    /// 1...65535.
    var port: Int
}
