internal import JSON
internal import KubernetesModel

extension JobPass {
    /// Creates or deletes pods as parallelism, completions and suspension want; answers by how many there are more.
    ///
    /// Source: job_controller.go, `manageJob`.
    mutating func managePods() -> Int {
        let active = active
        var wanted = 0
        if !isSuspended {
            wanted =
                completions.map { max(0, min($0 - succeeded, parallelism)) }
                ?? (succeeded > 0 ? active.count : parallelism)
        }
        let surplus = surplus(of: active, beyond: wanted).prefix(Self.burst)
        guard surplus.isEmpty else {
            // These end because they are too many: they are not counted as failed.
            plan.changes += surplus.flatMap { pod in
                (isTracked(pod) ? [Self.release(pod.json)] : []) + [.delete(.pods, pod.key, uid: pod.metadata.uid)]
            }
            return -surplus.count
        }
        let missing = min(wanted - active.count - (replacesOnlyFailed ? terminating : 0), Self.burst)
        guard missing > 0 else { return 0 }
        let pause = pause
        guard pause <= .zero else {
            plan.lookAgain(after: pause)
            return 0
        }
        let new = isIndexed ? pendingIndexes.prefix(missing).map { pod(index: $0) } : (0..<missing).map { _ in pod() }
        plan.changes += new.map { .create(.pods, $0) }
        return failure == nil ? new.count : 0
    }

    /// The active pods to be given up: those whose index is taken or does not count, then the least useful.
    private func surplus(of active: [Pod], beyond wanted: Int) -> [Pod] {
        var rest = PodRanking(active, now: now).firstToGo
        var surplus: [Pod] = []
        if isIndexed {
            var taken = completed
            // The most useful pod of an index is the last one.
            let doubles = rest.reversed().filter { pod in index(of: pod).map { !taken.insert($0).inserted } ?? true }
            surplus = doubles
            rest.removeAll { pod in doubles.contains { $0.metadata.uid == pod.metadata.uid } }
        }
        return surplus + rest.prefix(max(0, active.count - wanted - surplus.count))
    }

    private var pendingIndexes: [Int] {
        let taken = completed.union(active.compactMap(index(of:)))
        return (0..<(completions ?? 0)).filter { !taken.contains($0) }
    }

    /// How long to wait before the next pod: 10 s after a failure, doubled with each further one since the last success,
    /// 10 min at most. Source: pkg/controller/job/backoff_utils.go.
    private var pause: Duration {
        func end(of pod: Pod) -> Timestamp {
            pod.status.containerStatuses.compactMap { $0.termination?.finishedAt }.max()
                ?? pod.metadata.deletionTimestamp ?? pod.metadata.creationTimestamp ?? now
        }
        let success = pods.filter { $0.status.phase == .succeeded }.map(end).max() ?? .epoch
        let failures = pods.filter { isFailed($0) && isCounted($0) }.map(end).filter { $0 > success }
        guard let last = failures.max() else { return .zero }
        return last + .seconds(min(600, 10 << min(failures.count - 1, 6))) - now
    }

    private func pod(index: Int? = nil) -> JSONValue {
        guard let template = root[path: "spec", "template"] else { return .object([]) }
        let name = root.meta.name
        // A generated name has five more characters, and at most 63.
        let prefix = index.map { String(name.prefix(63 - 7 - "\($0)".count)) + "-\($0)-" } ?? "\(name)-"
        var pod = Pod.make(from: template, generateName: prefix, owner: root.controllerReference(.jobs))
        let finalizers = template.meta.finalizers.filter { $0 != Self.finalizer } + [Self.finalizer]
        pod[path: "metadata", "finalizers"] = JSONValue(finalizers.map { JSONValue($0) })
        guard let index else { return pod }
        for field in ["annotations", "labels"] {
            pod[path: "metadata", field, CompletionIndexes.key] = JSONValue("\(index)")
        }
        pod[path: "spec", "hostname"] = JSONValue("\(name)-\(index)")
        for field in ["containers", "initContainers"] {
            guard let containers = pod[path: "spec", field]?.array else { continue }
            pod[path: "spec", field] = JSONValue(containers.map { Self.naming(index: $0) })
        }
        return pod
    }

    /// A container with the variable that tells its completion index.
    private static func naming(index container: JSONValue) -> JSONValue {
        let name = "JOB_COMPLETION_INDEX"
        guard container["env"]?.elements.contains(where: { $0["name"]?.string == name }) != true else {
            return container
        }
        var container = container
        container["env", default: []].append([
            "name": JSONValue(name),
            "valueFrom": [
                "fieldRef": [
                    "apiVersion": "v1", "fieldPath": JSONValue("metadata.labels['\(CompletionIndexes.key)']"),
                ]
            ],
        ])
        return container
    }
}
