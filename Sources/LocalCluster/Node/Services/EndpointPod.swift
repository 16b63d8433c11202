internal import JSON
internal import KubernetesModel

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
