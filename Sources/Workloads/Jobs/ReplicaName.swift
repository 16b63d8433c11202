/// Names of a job's children. They follow from the job alone, so that making one twice ends in `AlreadyExists`.
package enum ReplicaName {
    /// `<job>-<role>-<index>`, for a pod and its service; a `/` becomes `-`. Roles with a name of their own have that.
    package static func name(job: String, role: RoleRule, index: Int) -> String {
        if let pattern = role.podName {
            return pattern.split(separator: "%", omittingEmptySubsequences: false).joined(separator: job)
        }
        return "\(job)-\(role.label)-\(index)".split(separator: "/", omittingEmptySubsequences: false)
            .joined(separator: "-")
    }
}
