/// The kind of the objects that are sent to a path.
enum Kinds {
    private static let names = [
        "bindings": "Binding", "configmaps": "ConfigMap", "controllerrevisions": "ControllerRevision",
        "cronjobs": "CronJob", "customresourcedefinitions": "CustomResourceDefinition", "daemonsets": "DaemonSet",
        "deployments": "Deployment", "endpoints": "Endpoints", "endpointslices": "EndpointSlice", "events": "Event",
        "gadgets": "Gadget",
        "jobs": "Job", "leases": "Lease", "mutatingwebhookconfigurations": "MutatingWebhookConfiguration",
        "namespaces": "Namespace", "nodes": "Node", "persistentvolumeclaims": "PersistentVolumeClaim",
        "poddisruptionbudgets": "PodDisruptionBudget", "pods": "Pod", "priorityclasses": "PriorityClass",
        "replicasets": "ReplicaSet", "resourcequotas": "ResourceQuota", "rolebindings": "RoleBinding", "roles": "Role",
        "clusterroles": "ClusterRole", "clusterrolebindings": "ClusterRoleBinding", "secrets": "Secret",
        "selfsubjectaccessreviews": "SelfSubjectAccessReview", "selfsubjectreviews": "SelfSubjectReview",
        "selfsubjectrulesreviews": "SelfSubjectRulesReview", "subjectaccessreviews": "SubjectAccessReview",
        "localsubjectaccessreviews": "LocalSubjectAccessReview", "tokenreviews": "TokenReview",
        "serviceaccounts": "ServiceAccount", "services": "Service", "statefulsets": "StatefulSet",
        "validatingadmissionpolicies": "ValidatingAdmissionPolicy",
        "validatingadmissionpolicybindings": "ValidatingAdmissionPolicyBinding",
        "validatingwebhookconfigurations": "ValidatingWebhookConfiguration", "widgets": "Widget",
    ]
    private static let subresources = [
        "binding": ("v1", "Binding"), "eviction": ("policy/v1", "Eviction"), "scale": ("autoscaling/v1", "Scale"),
        "token": ("authentication.k8s.io/v1", "TokenRequest"),
    ]

    /// The API version and kind of what is sent to an absolute path.
    static func find(_ path: String) throws -> (version: String, kind: String) {
        var steps = path.split(separator: "/").map(String.init)
        let isCore = steps.first == "api"
        let version = isCore ? steps[1] : "\(steps[1])/\(steps[2])"
        steps.removeFirst(isCore ? 2 : 3)
        if steps.count > 2, steps[0] == "namespaces" { steps.removeFirst(2) }
        if steps.count == 3, let found = subresources[steps[2]] { return found }
        guard let kind = names[steps[0]] else { throw Failure("Kinds lacks \(steps[0])") }
        return (version, kind)
    }
}
