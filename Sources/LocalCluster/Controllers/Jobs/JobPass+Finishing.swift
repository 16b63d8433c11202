internal import JSON
internal import KubernetesClient
internal import KubernetesModel

extension JobPass {
    /// How a Job ends: what its conditions say once all its pods have ended and are counted.
    struct Finish {
        var isFailure: Bool
        var reason: String
        var message: String
        /// The condition that is set until all pods have ended and are counted. Source: KEP-3998, KEP-4368.
        var interim: String { isFailure ? "FailureTarget" : "SuccessCriteriaMet" }
        var final: String { isFailure ? "Failed" : "Complete" }
    }

    /// Whether the Job ends, and why; what was said once stays.
    mutating func verdict() -> Finish? {
        for (type, isFailure) in [("SuccessCriteriaMet", false), ("FailureTarget", true)] {
            if let said = conditions[type], said.isTrue {
                return Finish(isFailure: isFailure, reason: said.reason, message: said.message)
            }
        }
        if let message = failurePolicyMessage {
            return Finish(isFailure: true, reason: "PodFailurePolicy", message: message)
        }
        let limit = root[path: "spec", "backoffLimit"]?.int ?? 6
        if failed > limit || hasRestartedTooOften(limit) {
            return Finish(
                isFailure: true, reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit")
        }
        if let seconds = root[path: "spec", "activeDeadlineSeconds"]?.int, !isSuspended,
            let start = status["startTime"]?.string.flatMap({ Timestamp($0) })
        {
            let rest = start + .seconds(seconds) - now
            if rest <= .zero {
                return Finish(
                    isFailure: true, reason: "DeadlineExceeded",
                    message: "Job was active longer than specified deadline")
            }
            plan.lookAgain(after: rest)
        }
        let isEnough = completions.map { succeeded >= $0 } ?? (succeeded > 0)
        guard isEnough, active.isEmpty else { return nil }
        return Finish(
            isFailure: false, reason: "CompletionsReached", message: "Reached expected number of succeeded pods")
    }

    /// Source: job_controller.go, `pastBackoffLimitOnFailure`.
    private func hasRestartedTooOften(_ limit: Int) -> Bool {
        guard root[path: "spec", "template", "spec", "restartPolicy"]?.string == "OnFailure" else { return false }
        let restarts = pods.filter { [.running, .pending].contains($0.status.phase) }
            .flatMap { $0.status.initContainerStatuses + $0.status.containerStatuses }
            .reduce(0) { $0 + $1.restartCount }
        return restarts >= max(1, limit)
    }

    /// Sets the interim condition, and the final one when nothing is left to wait for.
    mutating func conclude(_ finish: Finish, isSettled: Bool) {
        conditions.set(finish.interim, "True", finish.reason, finish.message)
        guard isSettled, isAllCounted else { return }
        conditions.set(finish.final, "True", finish.reason, finish.message)
        if finish.isFailure {
            plan.tell(finish.reason, finish.message, .warning)
        } else {
            status["completionTime"] = JSONValue(now.description)
            plan.tell("Completed", "Job completed")
        }
    }

    /// The condition Suspended; a Job that goes on starts its time anew.
    mutating func noteSuspension() {
        if isSuspended, conditions["Suspended"]?.isTrue != true {
            conditions.replace("Suspended", "True", "JobSuspended", "Job suspended")
            plan.tell("Suspended", "Job suspended")
        } else if !isSuspended, conditions["Suspended"]?.isTrue == true {
            conditions.replace("Suspended", "False", "JobResumed", "Job resumed")
            plan.tell("Resumed", "Job resumed")
            status["startTime"] = JSONValue(now.description)
        }
    }
}
