internal import APIMachinery
internal import JSON
internal import KubernetesModel

extension Controller {
    /// The resources that quotas count.
    private static let counted: [ResourceType] = [
        .pods, .services, .configMaps, .secrets, .persistentVolumeClaims, .replicationControllers, .deployments,
        .replicaSets, .statefulSets, .daemonSets, .jobs, .cronJobs,
    ]

    /// Keeps the status of ResourceQuotas: what is allowed and what is used.
    ///
    /// Source: pkg/controller/resourcequota/resource_quota_controller.go.
    package static let quotas = Controller(
        name: "resourcequota-controller", root: .resourceQuotas, uses: counted, isConcerned: { _, _ in true }
    ) { quota, world in
        var used: [String: Quantity] = ["resourcequotas": Quantity(1), "count/resourcequotas": Quantity(1)]
        for type in counted {
            let sum = ResourceUsage.sum(
                world[type].lazy.map { JSONValue($0) }, group: type.group, plural: type.plural)
            used.merge(sum) { $1 }
        }
        let hard = quota[path: "spec", "hard"].map { JSONValue($0) } ?? .object([])
        var plan = Plan()
        plan.status = [
            "hard": hard,
            "used": .object(hard.keys.map { ($0, JSONValue((used[$0] ?? Quantity(0)).description)) }),
        ]
        return plan
    }
}
