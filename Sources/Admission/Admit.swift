import JSON
import KubernetesModel
import Workloads

/// The three admission paths; the raw value is the HTTP path.
package enum AdmissionEndpoint: String, Sendable, CaseIterable {
    /// Completes pods that carry our annotations or labels.
    case mutatePods = "/mutate-pods"
    /// Completes objects of all our kinds with defaults.
    case mutateJobs = "/mutate-jobs"
    /// Refuses wrong objects of all our kinds, and deletions that would break others.
    case validateJobs = "/validate-jobs"
}

/// Decides about one request: pure, reads nothing but its arguments, in time linear in the object's size.
///
/// Requests for resources that the endpoint does not know are allowed unchanged.
package func admit(
    _ request: AdmissionRequest, at endpoint: AdmissionEndpoint, settings: AdmissionSettings
) -> AdmissionDecision {
    guard request.subresource.isEmpty else { return .allow }
    let kind = ObjectKind.kind(group: request.group, resource: request.resource)
    if request.operation == .delete, endpoint == .validateJobs, let kind, let stored = request.oldObject {
        return ObjectAdmission.validateDeletion(of: stored, request, kind)
    }
    guard let object = request.object else { return .allow }
    switch endpoint {
    case .mutatePods:
        guard request.operation == .create, request.group.isEmpty, request.resource == "pods" else { return .allow }
        return PodAdmission.admit(object, request, settings[request.namespace])
    case .mutateJobs, .validateJobs:
        guard request.operation == .create || request.operation == .update, let kind else { return .allow }
        return endpoint == .mutateJobs
            ? ObjectAdmission.mutate(object, request, kind) : ObjectAdmission.validate(object, request, kind)
    }
}
