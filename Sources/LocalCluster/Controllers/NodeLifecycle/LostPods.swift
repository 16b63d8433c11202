internal import JSON
internal import KubernetesClient
internal import KubernetesModel

/// What becomes of pods whose node is lost, tainted or gone. Each looks at one pod and the nodes.
enum LostPods {
    /// Pods of a node that is not there are kept this long. Source: pkg/controller/podgc `quarantineTime`.
    private static let quarantine = Duration.seconds(40)

    static let controllers = [
        Controller(
            name: "node-controller", root: .pods, uses: [.nodes], isConcerned: isOn, plan: readiness),
        Controller(
            name: "taint-eviction-controller", root: .pods, uses: [.nodes],
            isConcerned: { isOn($0, $1) && evicting($1).count > 0 }, plan: eviction),
        Controller(
            name: "pod-garbage-collector", root: .pods, uses: [.nodes], isConcerned: isOn, plan: collection),
    ]

    private static func isOn(_ pod: JSONView, _ node: JSONView) -> Bool {
        pod["spec"]?["nodeName"]?.string == node["metadata"]?["name"]?.string
    }

    private static func evicting(_ node: JSONView) -> [Taint] {
        Node(json: node).taints.filter { $0.effect == "NoExecute" }
    }

    /// A pod of a node that is not ready is not ready. Source: pkg/controller/util/node `MarkPodsNotReady`.
    static func readiness(_ root: JSONView, _ world: World) -> Plan {
        guard let node = world[.nodes].first(where: { isOn(root, $0) }).map({ Node(json: $0) }), !node.isReady,
            node.conditions.contains(where: { $0.type == "Ready" }), Pod(json: root).status.isReady
        else { return Plan() }
        var plan = Plan([status(of: root, ["type": "Ready", "status": "False"], now: world.now)])
        plan.tell("NodeNotReady", "Node is not ready", .warning)
        return plan
    }

    /// A pod goes when a taint has been there for longer than the pod bears it. Source: pkg/controller/tainteviction.
    static func eviction(_ root: JSONView, _ world: World) -> Plan {
        let pod = Pod(json: root)
        guard !pod.metadata.isDeleting, let node = world[.nodes].first(where: { isOn(root, $0) }) else { return Plan() }
        guard let moment = end(of: pod, under: evicting(node), now: world.now) else { return Plan() }
        var plan = Plan()
        if moment > world.now {
            plan.lookAgain(after: moment - world.now)
            return plan
        }
        let condition: JSONValue = [
            "type": "DisruptionTarget", "status": "True", "reason": "DeletionByTaintManager",
            "message": "Taint manager: deleting due to NoExecute taint",
        ]
        plan.changes = [status(of: root, condition, now: world.now), .discard(.pods, pod.key, uid: pod.metadata.uid)]
        let message = "Marking for deletion Pod \(pod.key)"
        plan.tell("TaintManagerEviction", message)
        return plan
    }

    /// When a pod has to go; nil if it may stay for ever.
    static func end(of pod: Pod, under taints: [Taint], now: Timestamp) -> Timestamp? {
        let bound = pod.status.condition("PodScheduled")?.lastTransitionTime ?? .epoch
        var earliest: Timestamp?
        for taint in taints {
            let bearing = pod.spec.tolerations.filter { $0.tolerates(taint) }
            if bearing.isEmpty { return now }
            let limits = bearing.compactMap { $0.json["tolerationSeconds"]?.int }
            guard let least = limits.min() else { continue }
            let since = max(taint.json["timeAdded"]?.string.flatMap { Timestamp($0) } ?? now, bound)
            earliest = min(earliest ?? since + .seconds(max(least, 0)), since + .seconds(max(least, 0)))
        }
        return earliest
    }

    /// Pods of nodes that are gone or out of service go at once. Source: pkg/controller/podgc.
    static func collection(_ root: JSONView, _ world: World) -> Plan {
        let pod = Pod(json: root)
        guard pod.spec.nodeName != nil else { return Plan() }
        let reason: String
        if let node = world[.nodes].first(where: { isOn(root, $0) }).map({ Node(json: $0) }) {
            guard pod.metadata.isDeleting, !node.isReady, node.taints.contains(where: { $0.key == Taints.outOfService })
            else { return Plan() }
            reason = "PodGC: node is out of service"
        } else {
            let since = pod.status.condition("PodScheduled")?.lastTransitionTime ?? pod.metadata.creationTimestamp
            let due = (since ?? .epoch) + quarantine
            guard due <= world.now else {
                var plan = Plan()
                plan.lookAgain(after: due - world.now)
                return plan
            }
            reason = "PodGC: node no longer exists"
        }
        let condition: JSONValue = [
            "type": "DisruptionTarget", "status": "True", "reason": "DeletionByPodGC", "message": JSONValue(reason),
        ]
        let isFinished = pod.isFinished
        return Plan([
            status(of: root, condition, now: world.now, phase: isFinished ? nil : "Failed"),
            .discard(.pods, pod.key, uid: pod.metadata.uid, graceSeconds: 0),
        ])
    }

    private static func status(
        of pod: JSONView, _ condition: JSONValue, now: Timestamp, phase: String? = nil
    ) -> Plan.Change {
        var condition = condition
        condition["lastTransitionTime"] = JSONValue(now.description)
        var status: JSONValue = ["conditions": [condition]]
        status["phase"] = phase.map { JSONValue($0) }
        let metadata = ObjectMeta(of: pod)
        return .status(.pods, metadata.key, ["metadata": ["uid": JSONValue(metadata.uid)], "status": status])
    }
}
