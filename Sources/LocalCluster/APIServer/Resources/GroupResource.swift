/// An API group and the plural name of a resource in it; printed as `deployments.apps`, or `pods` in the core group.
package struct GroupResource: Hashable, Sendable, CustomStringConvertible {
    package var group: String
    package var plural: String

    package init(group: String, plural: String) {
        self.group = group
        self.plural = plural
    }

    package var description: String { group.isEmpty ? plural : "\(plural).\(group)" }

    package static let pods = GroupResource(group: "", plural: "pods")
    package static let services = GroupResource(group: "", plural: "services")
    package static let namespaces = GroupResource(group: "", plural: "namespaces")
    package static let nodes = GroupResource(group: "", plural: "nodes")
    package static let events = GroupResource(group: "", plural: "events")
    package static let configMaps = GroupResource(group: "", plural: "configmaps")
    package static let serviceAccounts = GroupResource(group: "", plural: "serviceaccounts")
    package static let priorityClasses = GroupResource(group: "scheduling.k8s.io", plural: "priorityclasses")
    package static let disruptionBudgets = GroupResource(group: "policy", plural: "poddisruptionbudgets")
    package static let customResourceDefinitions = GroupResource(
        group: "apiextensions.k8s.io", plural: "customresourcedefinitions")
    package static let mutatingWebhooks = GroupResource(
        group: "admissionregistration.k8s.io", plural: "mutatingwebhookconfigurations")
    package static let validatingWebhooks = GroupResource(
        group: "admissionregistration.k8s.io", plural: "validatingwebhookconfigurations")
}
