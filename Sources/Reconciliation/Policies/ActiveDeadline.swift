import KubernetesModel
import Workloads

/// `activeDeadlineSeconds`: how long a job may take from its start.
enum ActiveDeadline {
    /// What to say when the time is up; nil when it is not.
    static func exceeded(by pass: JobPass) -> String? {
        guard let seconds = pass.job.runPolicy.activeDeadlineSeconds, let remaining = remaining(pass),
            remaining <= .zero
        else { return nil }
        return "\(pass.job.title) has failed because it was active longer than its deadline of \(seconds) s."
    }

    /// Looks again when the time is up.
    static func requeue(_ pass: inout JobPass) {
        if let remaining = remaining(pass) { pass.plan.requeue(after: remaining) }
    }

    private static func remaining(_ pass: JobPass) -> Duration? {
        guard let seconds = pass.job.runPolicy.activeDeadlineSeconds, let start = pass.status.startTime else {
            return nil
        }
        return start + .seconds(seconds) - pass.now
    }
}
