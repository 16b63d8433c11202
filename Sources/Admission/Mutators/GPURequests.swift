import KubernetesModel

extension Container {
    /// The first of `resources` that the container asks for; nil when it asks for none.
    func gpuResource(of resources: [String]) -> String? {
        resources.first { limits.amount(of: $0).sign > 0 || requests.amount(of: $0).sign > 0 }
    }
}
