/// An API group and the plural name of a resource in it; printed as `deployments.apps`, or `pods` in the core group.
struct GroupResource: Hashable, Sendable, CustomStringConvertible {
    var group: String
    var plural: String

    var description: String { group.isEmpty ? plural : "\(plural).\(group)" }

    static let pods = GroupResource(group: "", plural: "pods")
    static let endpoints = GroupResource(group: "", plural: "endpoints")
    static let services = GroupResource(group: "", plural: "services")
    static let namespaces = GroupResource(group: "", plural: "namespaces")
    static let nodes = GroupResource(group: "", plural: "nodes")
    static let events = GroupResource(group: "", plural: "events")
    static let configMaps = GroupResource(group: "", plural: "configmaps")
    static let serviceAccounts = GroupResource(group: "", plural: "serviceaccounts")
    static let priorityClasses = GroupResource(group: "scheduling.k8s.io", plural: "priorityclasses")
    static let disruptionBudgets = GroupResource(group: "policy", plural: "poddisruptionbudgets")
    static let roles = GroupResource(group: "rbac.authorization.k8s.io", plural: "roles")
    static let roleBindings = GroupResource(group: "rbac.authorization.k8s.io", plural: "rolebindings")
    static let clusterRoles = GroupResource(group: "rbac.authorization.k8s.io", plural: "clusterroles")
    static let clusterRoleBindings = GroupResource(group: "rbac.authorization.k8s.io", plural: "clusterrolebindings")
    static let storageClasses = GroupResource(group: "storage.k8s.io", plural: "storageclasses")
    static let resourceQuotas = GroupResource(group: "", plural: "resourcequotas")
    static let customResourceDefinitions = GroupResource(
        group: "apiextensions.k8s.io", plural: "customresourcedefinitions")
    static let mutatingWebhooks = GroupResource(
        group: "admissionregistration.k8s.io", plural: "mutatingwebhookconfigurations")
    static let admissionPolicies = GroupResource(
        group: "admissionregistration.k8s.io", plural: "validatingadmissionpolicies")
    static let admissionPolicyBindings = GroupResource(
        group: "admissionregistration.k8s.io", plural: "validatingadmissionpolicybindings")
    static let validatingWebhooks = GroupResource(
        group: "admissionregistration.k8s.io", plural: "validatingwebhookconfigurations")
}
