import JSON
import KubernetesModel
import Workloads

/// Decides what to do about a job: pure, so that every case is a row of a table.
///
/// A job that is being deleted gets an empty plan: the garbage collector takes what it owns.
package func planJob(
    _ observed: ObservedJob, now: Timestamp, configuration: ReconciliationConfiguration = ReconciliationConfiguration()
) -> JobPlan {
    guard !observed.job.metadata.isDeleting else { return JobPlan() }
    var pass = JobPass(observed: observed, configuration: configuration, now: now)
    if !pass.status.isFinished {
        let refusal = Acceptance.refusal(of: pass)
        pass.begin()
        if let refusal { pass.end(.failed, message: refusal) }
    }
    if !pass.status.isFinished {
        pass.countReplicas()
        Failover.apply(to: &pass)
        if let limit = RestartLimit.exceeded(by: pass) ?? ActiveDeadline.exceeded(by: pass) {
            pass.end(.failed, message: limit)
        } else {
            StatusMachine.apply(to: &pass)
        }
        if !pass.status.isFinished {
            pass.replaceFailedPods()
            ServicePolicy.apply(to: &pass)
            ReplicaPolicy.apply(to: &pass)
            ActiveDeadline.requeue(&pass)
        }
    }
    if pass.status.isFinished {
        CleanUp.apply(to: &pass)
        TimeToLive.apply(to: &pass)
    }
    pass.plan.status = pass.status.change
    return pass.plan
}

/// One pass over a job: what is seen, and the plan as it grows.
struct JobPass: Sendable {
    let observed: ObservedJob
    let configuration: ReconciliationConfiguration
    let now: Timestamp
    var status: JobStatus
    var plan = JobPlan()
    /// Failed pods that are to be replaced, found by ``Failover``.
    var replacements: [ObservedPod] = []

    init(observed: ObservedJob, configuration: ReconciliationConfiguration, now: Timestamp) {
        self.observed = observed
        self.configuration = configuration
        self.now = now
        status = JobStatus(json: observed.job.status)
    }

    var job: TrainingJob { observed.job }
    var profile: FrameworkProfile { observed.job.profile }

    /// Pods of a role that are not going away.
    func pods(of role: RoleRule) -> [ObservedPod] {
        observed.pods.filter { $0.roleLabel == role.label && !$0.isDeleting }
    }

    /// The policy of a role, as the job or its framework has it.
    func restartPolicy(of role: RoleRule) -> RestartPolicy {
        job.replicaSpec(role)?.restartPolicy ?? role.defaultRestartPolicy
    }

    /// First sight: the job is created and its time runs.
    mutating func begin() {
        status.set(.created, message: "\(job.title) is created.", now: now)
        if status.startTime == nil { status.startTime = now }
    }

    /// Counts pods by what became of them, anew in every pass; restarts are carried on.
    mutating func countReplicas() {
        status.replicas = job.replicas.map { entry in
            var counts = JobStatus.Replicas()
            counts.restarts = status.counts(of: entry.role.name).restarts
            for pod in pods(of: entry.role) {
                switch pod.phase {
                case .succeeded: counts.succeeded += 1
                case .failed:
                    counts.failed += 1
                    if pod.reason == "Evicted" { counts.evicted += 1 }
                case .pending, .running, .unknown:
                    if pod.isActive { counts.active += 1 }
                }
            }
            return (entry.role.name, counts)
        }
    }

    /// Ends the job. What still runs of a successful one counts as succeeded.
    mutating func end(_ type: JobStatus.ConditionType, message: String) {
        guard status.set(type, message: message, now: now) else { return }
        status.completionTime = now
        if type == .succeeded {
            for index in status.replicas.indices {
                status.replicas[index].counts.succeeded += status.replicas[index].counts.active
                status.replicas[index].counts.active = 0
            }
        }
        plan.events.append(PlannedEvent(isWarning: type == .failed, reason: type.reason, message: message))
    }

    /// Deletes failed pods, so that the next pass makes them anew.
    mutating func replaceFailedPods() {
        guard !replacements.isEmpty else { return }
        plan.deletions += replacements.map { JobDeletion(kind: .pod, name: $0.key.name, uid: $0.uid) }
        let names = replacements.prefix(10).map(\.key.name).joined(separator: ", ")
        let more = replacements.count > 10 ? " and \(replacements.count - 10) more" : ""
        plan.events.append(
            PlannedEvent(
                reason: "FailOverSucceeded",
                message: "\(replacements.count) failed pod(s) are replaced: \(names)\(more)"))
    }
}
