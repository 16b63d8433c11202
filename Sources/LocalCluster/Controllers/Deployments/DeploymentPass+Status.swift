internal import JSON
internal import KubernetesModel

extension DeploymentPass {
    private func sum(_ field: String) -> Int { sets.reduce(0) { $0 + $1.observed(field) } }

    /// The status without conditions. Source: sync.go, `calculateStatus`.
    func status() -> JSONValue {
        let available = sum("availableReplicas")
        let counts = [
            ("replicas", sum("replicas")), ("updatedReplicas", newest.map { sets[$0].observed("replicas") } ?? 0),
            ("readyReplicas", sum("readyReplicas")), ("availableReplicas", available),
            ("unavailableReplicas", max(0, sets.reduce(0) { $0 + $1.replicas } - available)),
        ]
        var status: JSONValue = [
            "observedGeneration": JSONValue(root.meta.generation ?? 0),
            "terminatingReplicas": JSONValue(sum("terminatingReplicas")),
        ]
        for (field, count) in counts where count > 0 { status[field] = JSONValue(count) }
        if let collisionCount { status["collisionCount"] = JSONValue(collisionCount) }
        return status
    }

    /// Source: deployment/util, `DeploymentComplete`.
    func isComplete(_ status: JSONValue) -> Bool {
        ["updatedReplicas", "replicas", "availableReplicas"].allSatisfy { status[$0]?.int ?? 0 == replicas }
    }

    mutating func writeStatus() {
        var status = status()
        if (status["availableReplicas"]?.int ?? 0) >= replicas - maxUnavailable {
            conditions.set(
                "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
        } else {
            conditions.set(
                "Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
        }
        conditions.write(to: &status)
        plan.status = status
    }

    /// The conditions Progressing and ReplicaFailure. Source: progress.go, `syncRolloutStatus`.
    mutating func noteProgress() {
        noteReplicaFailure()
        guard let deadline else { return conditions.remove("Progressing") }
        let status = status()
        let subject = newest.map { "ReplicaSet \"\(sets[$0].name)\"" } ?? "Deployment \"\(root.meta.name)\""
        let current = conditions["Progressing"]
        let isSettled =
            current?.reason == "NewReplicaSetAvailable"
            && status["replicas"]?.int ?? 0 == status["updatedReplicas"]?.int ?? 0
        if isSettled { return }
        if isComplete(status) {
            conditions.set(
                "Progressing", "True", "NewReplicaSetAvailable", "\(subject) has successfully progressed.")
        } else if hasProgressed(to: status) {
            conditions.replace("Progressing", "True", "ReplicaSetUpdated", "\(subject) is progressing.")
        } else if let current, current.reason != "NewReplicaSetAvailable" {
            let end = (current.lastUpdateTime ?? now) + deadline
            if current.reason == "ProgressDeadlineExceeded" || end < now {
                conditions.set(
                    "Progressing", "False", "ProgressDeadlineExceeded", "\(subject) has timed out progressing.")
            } else {
                plan.lookAgain(after: end - now + .seconds(1))
            }
        }
    }

    /// Source: deployment/util, `DeploymentProgressing`.
    private func hasProgressed(to status: JSONValue) -> Bool {
        func new(_ field: String) -> Int { status[field]?.int ?? 0 }
        func old(_ field: String) -> Int { root[path: "status", field]?.int ?? 0 }
        return new("updatedReplicas") > old("updatedReplicas")
            || new("replicas") - new("updatedReplicas") < old("replicas") - old("updatedReplicas")
            || new("readyReplicas") > old("readyReplicas") || new("availableReplicas") > old("availableReplicas")
    }

    private mutating func noteReplicaFailure() {
        let order = ([newest].compactMap { $0 } + oldSets).compactMap { sets[$0].json }
        let failure = order.lazy.flatMap(\.conditions).map { Condition(json: $0) }.first { $0.type == "ReplicaFailure" }
        if let failure {
            conditions.set(failure.type, failure.status, failure.reason, failure.message)
        } else {
            conditions.remove("ReplicaFailure")
        }
    }
}
