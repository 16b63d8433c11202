import JSON
import KubernetesModel
import Workloads

/// A job that the webhook would refuse but that is stored all the same: it came before the webhook, or passed it by.
///
/// It fails at first sight, with every problem, before anything is made for it; half of a job is worse than none. Jobs
/// that have begun are left alone.
enum Acceptance {
    /// What to say about a new job that is wrong; nil for one that is right or not new.
    static func refusal(of pass: JobPass) -> String? {
        guard !pass.status.has(.created), pass.observed.pods.isEmpty else { return nil }
        var json = JSONValue(pass.job.json)
        JobDefaults.apply(to: &json, profile: pass.profile)
        guard let completed = try? json.document().root else { return nil }
        let problems = JobValidation.problems(of: completed, profile: pass.profile)
        guard !problems.isEmpty else { return nil }
        let listed = problems.prefix(10).map(\.description).joined(separator: "; ")
        let more = problems.count > 10 ? " and \(problems.count - 10) more" : ""
        return "\(pass.job.title) is failed because it is invalid: \(listed)\(more)"
    }
}
