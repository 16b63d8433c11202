internal import JSON
internal import KubernetesModel

/// What scheduling needs to know of a pod, and the pod itself for extenders.
struct SchedulablePod: Sendable {
    /// Namespace and name.
    var key: ObjectKey
    /// The UID, which tells incarnations of one name apart.
    var uid: String
    /// The pod as the API server gave it.
    var document: JSONDocument
    /// Higher goes first.
    var priority: Int
    /// When the pod was created; earlier goes first among equals.
    var created: Timestamp
    /// What the pod asks for, as Kubernetes counts it.
    var requests: ResourceList
    /// The node it is bound to.
    var nodeName: String?
    /// Whether it has ended or is only waiting to be removed after it ended.
    var isFinished: Bool
    /// Whether its deletion has been asked for.
    var isDeleting: Bool
    /// What keeps it from being scheduled.
    var gates: [String]
    /// The scheduler that it asks for.
    var schedulerName: String
    /// The ports it takes on its node.
    var hostPorts: [HostPort]
    /// What selectors of other pods look at.
    var labels: StringMap
    /// The claims that its volumes are made of.
    var claimNames: [String]
    /// Whether it has affinity or anti-affinity to other pods, required or preferred.
    var hasPodAffinity: Bool
    /// The node where room is being made for it.
    var nominatedNode: String?
    /// When a node began to run it.
    var started: Timestamp?
    /// Whether it is being deleted because a higher pod needs its room.
    var isGoingByPreemption: Bool
    /// Whether it never has others evicted for itself.
    var preemptsNever: Bool

    /// Reads a pod.
    init(json: JSONView) {
        let document = json.detached()
        let pod = Pod(json: document.root)
        let metadata = pod.metadata
        let spec = pod.spec
        self.document = document
        key = metadata.key
        uid = metadata.uid
        priority = spec.priority
        created = metadata.creationTimestamp ?? .epoch
        requests = spec.resourceRequests()
        nodeName = spec.nodeName
        isFinished = pod.isFinished
        isDeleting = metadata.isDeleting
        gates = spec.schedulingGates
        schedulerName = spec.schedulerName
        hostPorts = pod.hostPorts.map { HostPort($0) }
        labels = metadata.labels
        claimNames = spec.volumes.compactMap(\.claimName)
        hasPodAffinity = ["podAffinity", "podAntiAffinity"].contains { kind in
            spec.affinity?[kind].map { !$0.isNull } ?? false
        }
        let status = pod.json["status"]
        nominatedNode = status?["nominatedNodeName"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        started = pod.status.startTime
        let disruption = pod.status.condition("DisruptionTarget")
        isGoingByPreemption = isDeleting && disruption?.isTrue == true && disruption?.reason == "PreemptionByScheduler"
        preemptsNever = spec.json["preemptionPolicy"]?.string == "Never"
    }

    /// The pod itself.
    var pod: Pod { Pod(json: document.root) }

    /// The names of all resources that a container requests or is limited in: what decides whether an extender that
    /// manages resources is asked. Source: kube-scheduler `HTTPExtender.IsInterested`.
    var resourceNames: Set<String> {
        let spec = pod.spec
        return Set((spec.containers + spec.initContainers).flatMap { $0.requests.names + $0.limits.names })
    }
}

/// A port that a pod takes on its node.
struct HostPort: Sendable, Hashable {
    /// The address; `0.0.0.0` for all.
    var address: String
    /// `TCP`, `UDP` or `SCTP`.
    var networkProtocol: String
    /// 1...65535.
    var port: Int

    /// The host port of a container's port.
    init(_ port: ContainerPort) {
        self.init(address: port.hostIP, networkProtocol: port.networkProtocol, port: port.hostPort ?? 0)
    }

    /// A host port; an empty address is all addresses.
    init(address: String = "", networkProtocol: String = "TCP", port: Int) {
        self.address = address.isEmpty ? "0.0.0.0" : address
        self.networkProtocol = networkProtocol
        self.port = port
    }

    /// Whether both cannot be taken on one node: the same protocol and port on one address, or on all for either.
    /// Source: kube-scheduler `HostPortInfo.CheckConflict`.
    func conflicts(with other: HostPort) -> Bool {
        port == other.port && networkProtocol == other.networkProtocol
            && (address == other.address || address == "0.0.0.0" || other.address == "0.0.0.0")
    }
}
