internal import JSON
internal import KubernetesModel

extension Controller {
    /// Keeps as many pods as each ReplicaSet wants. Source: pkg/controller/replicaset/replica_set.go.
    package static let replicaSets = Controller(
        name: "replicaset-controller", root: .replicaSets, uses: [.pods],
        isConcerned: { $0.controlsOrSelects($1) }
    ) { set, world in
        let candidates = world[.pods].filter { controllerUID(of: $0) != nil || Pod(json: $0).isActive }
        let claim = Claim(candidates, of: .pods, by: set, .replicaSets)
        let pods = claim.owned.map { Pod(json: $0) }
        let active = pods.filter(\.isActive)
        let wanted = set[path: "spec", "replicas"]?.int ?? 1
        var plan = Plan(claim.changes)
        if !set.meta.isDeleting {
            let surplus = active.count - wanted
            if surplus > 0 {
                let ranking = PodRanking(active, now: world.now)
                plan.changes += ranking.firstToGo.prefix(min(surplus, burst)).map {
                    .delete(.pods, $0.key, uid: $0.metadata.uid)
                }
            } else if let template = set[path: "spec", "template"] {
                let pod = Pod.make(
                    from: template, generateName: set.meta.name + "-", owner: set.controllerReference(.replicaSets))
                plan.changes += Array(repeating: .create(.pods, pod), count: min(-surplus, burst))
            }
        }
        let unready = set[path: "spec", "minReadySeconds"]?.int ?? 0
        let waits = active.map { $0.timeUntilAvailable(minReadySeconds: unready, world.now) }
        plan.status = replicaSetStatus(
            set, pods, available: waits.count { $0 == .zero }, surplus: active.count - wanted, world)
        for wait in waits.compactMap({ $0 }) where wait > .zero { plan.lookAgain(after: wait) }
        return plan
    }

    /// The most pods that one pass creates or deletes.
    private static let burst = 500
}

/// Source: pkg/controller/replicaset/replica_set_utils.go, `calculateStatus`.
private func replicaSetStatus(
    _ set: JSONView, _ pods: [Pod], available: Int, surplus: Int, _ world: World
) -> JSONValue {
    let active = pods.filter(\.isActive)
    let labels = StringMap(json: set[path: "spec", "template", "metadata", "labels"])
    var status: JSONValue = [
        "replicas": JSONValue(active.count), "observedGeneration": JSONValue(set.meta.generation ?? 0),
        "terminatingReplicas": JSONValue(pods.count { $0.metadata.isDeleting && !$0.isFinished }),
    ]
    for (field, count) in [
        ("fullyLabeledReplicas", active.count { $0.metadata.labels.contains(labels) }),
        ("readyReplicas", active.count(where: \.status.isReady)), ("availableReplicas", available),
    ] where count > 0 {
        status[field] = JSONValue(count)
    }
    var conditions = Conditions(of: set, now: world.now)
    if let failure = world.failure {
        if conditions["ReplicaFailure"] == nil {
            let reason = surplus < 0 ? "FailedCreate" : "FailedDelete"
            conditions.set("ReplicaFailure", "True", reason, failure)
        }
    } else {
        conditions.remove("ReplicaFailure")
    }
    conditions.write(to: &status)
    return status
}
