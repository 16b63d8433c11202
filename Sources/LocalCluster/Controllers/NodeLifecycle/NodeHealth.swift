internal import JSON
internal import KubernetesClient
internal import KubernetesModel

/// Notices nodes that are silent, and taints nodes by what is wrong with them.
/// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go.
enum NodeHealth {
    /// A node that has never said how it is gets at least this long. Source: `--node-startup-grace-period`.
    private static let startupGrace = Duration.seconds(60)
    /// How soon the other nodes are looked at again. Source: `--node-monitor-period`.
    private static let period = Duration.seconds(5)
    /// Above this part of the nodes being lost, and three of them, the fault is rather ours; large clusters then evict
    /// slowly, smaller ones not at all. Source: `--unhealthy-zone-threshold`, `--large-cluster-size-threshold`.
    private static let lostPart = 0.55
    private static let largeSize = 50

    private static let conditions = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"]

    /// The taints for conditions. Source: `nodeConditionToTaintKeyStatusMap`.
    private static let taintKeys: [(condition: String, status: String, key: String)] = [
        ("Ready", "False", Taints.notReady), ("Ready", "Unknown", Taints.unreachable),
        ("MemoryPressure", "True", "node.kubernetes.io/memory-pressure"),
        ("DiskPressure", "True", "node.kubernetes.io/disk-pressure"),
        ("NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"),
        ("PIDPressure", "True", "node.kubernetes.io/pid-pressure"),
    ]
    private static let cordoned = "node.kubernetes.io/unschedulable"

    /// The controller, for nodes that are lost after `grace` without a heartbeat.
    static func controller(grace: Duration) -> Controller {
        Controller(name: "node-controller", root: .nodes, uses: [.nodes, .leases], isConcerned: { _, _ in false }) {
            plan($0, $1, grace: grace)
        }
    }

    static func plan(_ root: JSONView, _ world: World, grace: Duration) -> Plan {
        var plan = Plan()
        var node = JSONValue(root)
        let lost = lastHeartbeat(Node(json: root), world) + max(grace, ready(root) == nil ? startupGrace : grace)
        if lost <= world.now {
            if let status = unknown(root, now: world.now) {
                if ready(root) == "True" {
                    let name = ObjectMeta(of: root).name
                    let message = "Node \(name) status is now: NodeNotReady"
                    plan.tell("NodeNotReady", message)
                }
                plan.status = status
                node["status"] = status
            }
        } else {
            plan.lookAgain(after: lost - world.now)
        }
        let status = (node[path: "status", "conditions"]?.elements ?? []).first { $0["type"]?.string == "Ready" }?[
            "status"]
        if status?.string != "True" { plan.lookAgain(after: period) }
        let taints = taints(node, eviction: eviction(ObjectMeta(of: root).name, status?.string, world), now: world.now)
        if JSONValue(taints) != root["spec"]?["taints"].map({ JSONValue($0) }) ?? [] {
            let version = JSONValue(ObjectMeta(of: root).resourceVersion)
            let patch: JSONValue = ["metadata": ["resourceVersion": version], "spec": ["taints": JSONValue(taints)]]
            plan.changes.append(.merge(.nodes, ObjectMeta(of: root).key, patch))
        }
        return plan
    }

    private static func ready(_ node: JSONView) -> String? {
        Node(json: node).conditions.first { $0.type == "Ready" }?.status
    }

    private static func lastHeartbeat(_ node: Node, _ world: World) -> Timestamp {
        let lease = world[.leases].first {
            let metadata = ObjectMeta(of: $0)
            return metadata.name == node.name && metadata.namespace == "kube-node-lease"
        }
        let heartbeats = node.json["status"]?["conditions"]?.elements.map { $0["lastHeartbeatTime"]?.string } ?? []
        let moments = (heartbeats + [lease?["spec"]?["renewTime"]?.string]).compactMap { $0.flatMap { Timestamp($0) } }
        return max(moments.max() ?? .epoch, node.metadata.creationTimestamp ?? .epoch)
    }

    /// The status of a node that nobody hears from; nil if it stands there already.
    private static func unknown(_ node: JSONView, now: Timestamp) -> JSONValue? {
        var list = node["status"]?["conditions"].map { JSONValue($0).elements } ?? []
        var isChanged = false
        for type in conditions {
            let index = list.firstIndex { $0["type"]?.string == type }
            if let index, list[index]["status"]?.string == "Unknown" { continue }
            isChanged = true
            var condition = Condition(
                type: type, status: "Unknown", reason: index == nil ? "NodeStatusNeverUpdated" : "NodeStatusUnknown",
                message: index == nil ? "Kubelet never posted node status." : "Kubelet stopped posting node status.",
                lastTransitionTime: now
            ).value
            condition["lastHeartbeatTime"] = index.flatMap { list[$0]["lastHeartbeatTime"] }
            if let index { list[index] = condition } else { list.append(condition) }
        }
        guard isChanged else { return nil }
        var status = node["status"].map { JSONValue($0) } ?? [:]
        status["conditions"] = JSONValue(list)
        return status
    }

    /// Whether pods may be evicted for what is wrong with nodes.
    enum Eviction: Equatable {
        case allowed
        /// No more than are already.
        case held
        /// None: there is no node to go to, or it is us who cannot see.
        case ended
    }

    /// Source: `handleDisruption`, `ComputeZoneState`.
    static func eviction(_ name: String, _ status: String?, _ world: World) -> Eviction {
        let states = world[.nodes].map { ObjectMeta(of: $0).name == name ? status : ready($0) }
        let lost = states.count { $0 != "True" }
        if lost > 0, lost == states.count { return .ended }
        let isPartial = lost > 2 && Double(lost) / Double(states.count) >= lostPart
        return isPartial && states.count <= largeSize ? .held : .allowed
    }

    /// The taints that a node should have: those of others, and ours by its conditions. Taints that evict get the time
    /// when they came.
    private static func taints(_ node: JSONValue, eviction: Eviction, now: Timestamp) -> [JSONValue] {
        let present = node[path: "spec", "taints"]?.elements ?? []
        let states = Dictionary(
            (node[path: "status", "conditions"]?.elements ?? []).map {
                ($0["type"]?.string ?? "", $0["status"]?.string ?? "")
            }, uniquingKeysWith: { _, last in last })
        var wanted = taintKeys.filter { states[$0.condition] == $0.status }.map { ($0.key, "NoSchedule") }
        if node[path: "spec", "unschedulable"]?.bool == true { wanted.append((cordoned, "NoSchedule")) }
        let evicting = taintKeys.first { $0.condition == "Ready" && states["Ready"] == $0.status }?.key
        if let evicting, eviction != .ended {
            let isThere = present.contains { Taints.identity($0) == [evicting, "NoExecute"] }
            if isThere || eviction == .allowed { wanted.append((evicting, "NoExecute")) }
        }
        let ours = Set(taintKeys.map { [$0.key, "NoSchedule"] })
            .union([[cordoned, "NoSchedule"], [Taints.notReady, "NoExecute"], [Taints.unreachable, "NoExecute"]])
        let names = Set(wanted.map { [$0.0, $0.1] })
        var taints = present.filter { !ours.contains(Taints.identity($0)) || names.contains(Taints.identity($0)) }
        for (key, effect) in wanted where !taints.contains(where: { Taints.identity($0) == [key, effect] }) {
            taints.append(["key": JSONValue(key), "effect": JSONValue(effect), "timeAdded": JSONValue(now.description)])
        }
        for index in taints.indices where taints[index]["effect"]?.string == "NoExecute" {
            if taints[index]["timeAdded"] == nil { taints[index]["timeAdded"] = JSONValue(now.description) }
        }
        return taints
    }
}

/// Taints that Kubernetes gives a meaning.
enum Taints {
    static let notReady = "node.kubernetes.io/not-ready"
    static let unreachable = "node.kubernetes.io/unreachable"
    static let outOfService = "node.kubernetes.io/out-of-service"

    /// What tells the taints of a node apart: key and effect.
    static func identity(_ taint: JSONValue) -> [String] {
        [taint["key"]?.string ?? "", taint["effect"]?.string ?? ""]
    }
}
