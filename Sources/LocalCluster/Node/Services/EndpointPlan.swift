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

/// What the service machinery needs to know of a pod.
struct EndpointPod: Sendable, Hashable {
    var key: ObjectKey
    var uid: String
    var labels: [String: String]
    var nodeName: String
    var address: String
    /// The address of its node.
    var hostAddress: String
    var isReady: Bool
    var isTerminating: Bool
    /// The names and numbers of its containers' ports.
    var ports: [Port]
    /// Its own name in the cluster's DNS, below a headless service of the name ``subdomain``.
    var hostname: String
    var subdomain: String

    struct Port: Sendable, Hashable {
        var name: String
        var number: Int
        var networkProtocol: String
        /// The port of the node that leads to it; nil for none.
        var hostPort: Int?
        /// The address that the node's port is at; empty for the node's own.
        var hostIP = ""
    }

    /// The ports of nodes that lead to pods, for pods that do not use their node's network anyway. Source: CNI portmap.
    static func hostPorts(of pods: some Sequence<EndpointPod>) -> [ServiceProxy.Front: [Backend]] {
        var fronts: [ServiceProxy.Front: [Backend]] = [:]
        for pod in pods where pod.address != pod.hostAddress {
            for port in pod.ports where port.networkProtocol == "TCP" {
                guard let number = port.hostPort, number > 0 else { continue }
                let isAny = port.hostIP.isEmpty || port.hostIP == "0.0.0.0"
                let front = ServiceProxy.Front(address: isAny ? pod.hostAddress : port.hostIP, port: number)
                fronts[front, default: []].append(Backend(address: pod.address, port: port.number))
            }
        }
        return fronts
    }

    /// Reads a pod; nil if it cannot be an endpoint: it has no address yet, or has ended.
    init?(json: JSONView) {
        let pod = Pod(json: json)
        let status = pod.status
        let spec = pod.spec
        guard let address = status.podIP, let nodeName = spec.nodeName, !pod.isFinished else { return nil }
        let metadata = pod.metadata
        key = metadata.key
        uid = metadata.uid
        labels = metadata.labels.dictionary
        self.nodeName = nodeName
        self.address = address
        hostAddress = json["status"]?["hostIP"]?.string ?? address
        isReady = status.isReady
        isTerminating = metadata.isDeleting
        let containers = spec.containers + spec.initContainers.filter(\.isSidecar)
        ports = containers.flatMap(\.ports).map {
            Port(
                name: $0.name, number: $0.containerPort, networkProtocol: $0.networkProtocol, hostPort: $0.hostPort,
                hostIP: $0.hostIP)
        }
        hostname = spec.hostname
        subdomain = spec.subdomain
    }
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

    /// The `endpoints` and `ports` of one EndpointSlice per group.
    func slices(named service: String) -> [(name: String, body: [(String, JSONValue)])] {
        groups.enumerated().map { index, group in
            let endpoints = group.endpoints.map { endpoint -> JSONValue in
                var value: JSONValue = .object([
                    ("addresses", [JSONValue(endpoint.address)]),
                    (
                        "conditions",
                        [
                            "ready": JSONValue(endpoint.isReady), "serving": JSONValue(endpoint.isServing),
                            "terminating": JSONValue(endpoint.isTerminating),
                        ]
                    ),
                    ("nodeName", JSONValue(endpoint.nodeName)),
                    (
                        "targetRef",
                        ObjectReference(
                            apiVersion: "", kind: "Pod", namespace: endpoint.pod.namespace, name: endpoint.pod.name,
                            uid: endpoint.uid
                        ).value
                    ),
                ])
                if !endpoint.hostname.isEmpty { value["hostname"] = JSONValue(endpoint.hostname) }
                return value
            }
            let ports = group.ports.map { port -> JSONValue in
                [
                    "name": JSONValue(port.name), "port": JSONValue(port.number),
                    "protocol": JSONValue(port.networkProtocol),
                ]
            }
            let name = index == 0 ? "\(service)-kubedl" : "\(service)-kubedl-\(index)"
            return (name, [("endpoints", JSONValue(endpoints)), ("ports", JSONValue(ports))])
        }
    }
}

/// An address that a service's connections go to.
struct Backend: Sendable, Hashable {
    var address: String
    /// 1...65535.
    var port: Int
}
