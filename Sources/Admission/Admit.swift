import JSON
import KubernetesModel
import Workloads

/// The three admission paths; the raw value is the HTTP path.
package enum AdmissionEndpoint: String, Sendable, CaseIterable {
    /// Completes pods that carry our annotations or labels.
    case mutatePods = "/mutate-pods"
    /// Completes jobs with defaults.
    case mutateJobs = "/mutate-jobs"
    /// Refuses wrong jobs.
    case validateJobs = "/validate-jobs"
}

/// Decides about one request: pure, reads nothing but its arguments, in time linear in the object's size.
///
/// Requests for resources that the endpoint does not know are allowed unchanged, as are deletions.
package func admit(
    _ request: AdmissionRequest, at endpoint: AdmissionEndpoint, settings: AdmissionSettings
) -> AdmissionDecision {
    guard let object = request.object, request.subresource.isEmpty else { return .allow }
    switch endpoint {
    case .mutatePods:
        guard request.operation == .create, request.group.isEmpty, request.resource == "pods" else { return .allow }
        return PodAdmission.admit(object, request, settings[request.namespace])
    case .mutateJobs, .validateJobs:
        guard request.operation == .create || request.operation == .update,
            let profile = FrameworkProfile.profile(group: request.group, resource: request.resource)
        else { return .allow }
        return endpoint == .mutateJobs
            ? JobAdmission.mutate(object, request, profile) : JobAdmission.validate(object, request, profile)
    }
}
