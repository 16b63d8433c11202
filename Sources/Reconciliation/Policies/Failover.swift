import KubernetesModel
import Workloads

/// Which failed pods are replaced, and how often that has happened.
///
/// A role with restart policy `ExitCode` gets a new pod when the default container ended by a signal that others send,
/// or the pod for a reason that is not the program's. Other policies leave restarts to the kubelet; only when the pod
/// as a whole failed for such a reason can the kubelet do no more, and it is replaced as well (mended: in the original
/// an evicted worker failed the job).
enum Failover {
    /// Exit codes of SIGINT, SIGKILL, SIGUSR1 and SIGTERM. Source: KubeDL, "retryable exit codes".
    static let retryableCodes: Set<Int> = [130, 137, 138, 143]
    /// Reasons of pods that failed through no fault of the program. Source: KubeDL.
    static let retryableReasons: Set<String> = ["OOMKilled", "Killed", "Evicted", "UnexpectedAdmissionError"]

    /// Whether the pod is to be replaced.
    static func isRetryable(_ pod: ObservedPod, policy: RestartPolicy, container: String) -> Bool {
        guard pod.phase != .succeeded else { return false }
        let isReasonRetryable = pod.phase == .failed && retryableReasons.contains(pod.reason)
        switch policy {
        case .never: return false
        case .always, .onFailure: return isReasonRetryable
        case .exitCode:
            if isReasonRetryable { return true }
            guard let termination = pod.termination(of: container) else { return false }
            return retryableCodes.contains(termination.exitCode)
        }
    }

    /// Finds the pods to replace and counts their restarts. A restart is counted from the pod's own incarnation, so that
    /// seeing the same failed pod twice counts once.
    static func apply(to pass: inout JobPass) {
        for (place, entry) in pass.job.replicas.enumerated() {
            let policy = pass.restartPolicy(of: entry.role)
            let container = pass.job.mainContainer(of: entry.role)
            for pod in pass.pods(of: entry.role) {
                guard let index = pod.index, index < entry.count,
                    isRetryable(pod, policy: policy, container: container)
                else { continue }
                pass.replacements.append(pod)
                let known = pass.status.replicas[place].counts.restarts[index] ?? 0
                pass.status.replicas[place].counts.restarts[index] = max(known, pod.restartCount + 1)
            }
        }
    }
}

/// `backoffLimit`: how many restarts a job may have.
enum RestartLimit {
    /// What to say when the limit is passed; nil when it is not.
    ///
    /// Counted are replaced pods (more than the limit) and, in roles that the kubelet restarts, restarts of containers
    /// (the limit itself, and at least one), as batch/v1 Job does. Unlike in the original the count survives a restart of
    /// the controller, because it stands in the status.
    static func exceeded(by pass: JobPass) -> String? {
        guard let limit = pass.job.runPolicy.backoffLimit else { return nil }
        let replaced = pass.status.replicas.reduce(0) { $0 + $1.counts.restarts.values.reduce(0, +) }
        var restarted = 0
        for entry in pass.job.replicas where pass.restartPolicy(of: entry.role).isKubeletRestarting {
            restarted += pass.pods(of: entry.role).filter { $0.phase == .running }.reduce(0) {
                $0 + $1.containerRestarts
            }
        }
        guard replaced > limit || (restarted > 0 && restarted >= limit) else { return nil }
        return "\(pass.job.title) has failed because it has reached the backoff limit of \(limit) restart(s): "
            + "\(replaced) pod failure(s), \(restarted) container restart(s)."
    }
}
