import JSON
import KubernetesModel
import Workloads

/// What the counts of pods mean for the job: running, restarting, succeeded or failed.
///
/// Roles are looked at in the framework's order, so that the outcome never depends on chance. Source: KubeDL.
enum StatusMachine {
    static func apply(to pass: inout JobPass) {
        let outcomes = outcomes(pass)
        if pass.profile.success.holds(outcomes, spec: pass.job.json["spec"]) {
            pass.end(.succeeded, message: "\(pass.job.title) is successfully completed.")
            return
        }
        if let failure = permanentFailure(pass) {
            reportFailedPods(&pass)
            pass.end(.failed, message: "\(pass.job.title) is failed because \(failure).")
            return
        }
        if !pass.replacements.isEmpty {
            let message = "\(pass.job.title) is restarting because \(summary(of: pass.replacements, pass))."
            if pass.status.set(.restarting, message: message, now: pass.now) {
                pass.plan.events.append(
                    PlannedEvent(
                        isWarning: true, reason: JobStatus.ConditionType.restarting.reason, message: message))
            }
            return
        }
        if pass.profile.running.holds(outcomes) {
            pass.status.set(.running, message: "\(pass.job.title) is running.", now: pass.now)
        }
    }

    private static func outcomes(_ pass: JobPass) -> [RoleOutcome] {
        pass.job.replicas.map { role, count in
            let done = pass.pods(of: role).filter { $0.phase == .succeeded }.compactMap(\.index)
            return RoleOutcome(
                role.name, count: count, active: pass.status.counts(of: role.name).active,
                succeeded: Set(done.filter { $0 < count }))
        }
    }

    /// Failed pods that nothing will replace, in words; nil when there are none.
    private static func permanentFailure(_ pass: JobPass) -> String? {
        let failed = permanentlyFailed(pass)
        return failed.isEmpty ? nil : summary(of: failed, pass)
    }

    private static func permanentlyFailed(_ pass: JobPass) -> [ObservedPod] {
        let replaced = Set(pass.replacements.map(\.uid))
        let judged = pass.profile.failingRoles
        return pass.job.replicas.flatMap { entry in
            pass.pods(of: entry.role).filter { pod in
                pod.phase == .failed && !replaced.contains(pod.uid)
                    && (judged?.contains(entry.role.name) ?? true || pod.reason == "Evicted")
            }
        }
    }

    /// `1 Worker replica(s) failed (digits-worker-0: exit code 1)`.
    private static func summary(of pods: [ObservedPod], _ pass: JobPass) -> String {
        var parts: [String] = []
        for entry in pass.job.replicas {
            let ofRole = pods.filter { $0.roleLabel == entry.role.label }
            guard let first = ofRole.first else { continue }
            parts.append("\(ofRole.count) \(entry.role.name) replica(s) failed (\(cause(of: first, pass)))")
        }
        return parts.joined(separator: " and ")
    }

    /// `digits-worker-0: exit code 1: ValueError: no data`: the framework's container first, then any that failed.
    private static func cause(of pod: ObservedPod, _ pass: JobPass) -> String {
        let role = pass.profile.role(ignoringCase: pod.roleLabel)
        let main = role.map(pass.job.mainContainer(of:)) ?? pass.profile.defaultContainer
        if let end = pod.termination(of: main) ?? pod.terminations.first(where: \.isFailure) {
            return "\(pod.key.name): \(end.summary)"
        }
        if let end = pod.initFailures.first {
            return "\(pod.key.name): init container \(end.container): \(end.summary)"
        }
        return "\(pod.key.name): \(pod.reason.isEmpty ? "no reason given" : pod.reason)"
    }

    private static func reportFailedPods(_ pass: inout JobPass) {
        let failed = permanentlyFailed(pass)
        let listed = failed.prefix(10).map { cause(of: $0, pass) }.joined(separator: "; ")
        let more = failed.count > 10 ? " and \(failed.count - 10) more" : ""
        pass.plan.events.append(
            PlannedEvent(
                isWarning: true, reason: "PodFailed", message: "\(failed.count) pod(s) failed: \(listed)\(more)"))
    }
}

extension ObservedPod.Termination {
    fileprivate var isFailure: Bool { exitCode != 0 }

    /// Exit code, reason where it says more than that, and last words.
    fileprivate var summary: String {
        let reason = reason.isEmpty || reason == "Error" ? "" : ", \(reason)"
        return "exit code \(exitCode)\(reason)\(lastWords.isEmpty ? "" : ": \(lastWords)")"
    }
}
