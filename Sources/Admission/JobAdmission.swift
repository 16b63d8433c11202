import JSON
import KubernetesModel
import Workloads

/// Defaults and validation of our jobs.
enum JobAdmission {
    /// Writes the framework's defaults. A job that is wrong even so is refused here already, with every problem: the API
    /// server checks the CRD's schema before it asks for validation, and would answer only what the schema finds.
    static func mutate(
        _ object: JSONView, _ request: AdmissionRequest, _ profile: FrameworkProfile
    ) -> AdmissionDecision {
        let before = JSONValue(object)
        var after = before
        JobDefaults.apply(to: &after, profile: profile, isUpdate: request.operation == .update)
        if let completed = try? after.document() {
            let decision = validate(completed.root, request, profile)
            if !decision.allowed { return decision }
        }
        return .change(from: before, to: after)
    }

    /// Answers every problem of the job.
    static func validate(
        _ object: JSONView, _ request: AdmissionRequest, _ profile: FrameworkProfile
    ) -> AdmissionDecision {
        let old = request.operation == .update ? request.oldObject : nil
        let problems = JobValidation.problems(of: object, old: old, profile: profile)
        let name = request.name ?? ObjectMeta(of: object).name
        var decision = problems.isEmpty ? .allow : AdmissionDecision.refuse(profile.resource, name: name, problems)
        decision.warnings = JobValidation.warnings(of: object, profile: profile)
        return decision
    }
}
