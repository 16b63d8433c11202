internal import JSON
internal import KubernetesModel

/// The numbers of a disruption budget.
struct BudgetCount {
    /// Why they are not known.
    struct Problem: Error { var message: String }

    /// How long an evicted pod may stay before its eviction is taken to have failed.
    static let patience = Duration.seconds(120)

    var expected: Int
    var desired: Int
    var healthy: Int
    var allowed: Int { expected <= 0 ? 0 : max(0, healthy - desired) }

    /// The pods whose eviction is under way, with its time.
    static func disrupted(
        _ budget: JSONView, _ pods: [JSONView], _ now: Timestamp
    ) -> [(name: String, time: JSONValue)] {
        let present = Set(pods.filter { !$0.meta.isDeleting }.map(\.meta.name))
        return (budget[path: "status", "disruptedPods"]?.members.map { $0 } ?? []).compactMap { name, time in
            guard present.contains(name), let start = time.string.flatMap({ Timestamp($0) }), now - start < patience
            else { return nil }
            return (name, JSONValue(time))
        }
    }

    static func counts(
        _ budget: JSONView, _ pods: [JSONView], _ disrupted: Set<String>, _ world: World
    ) -> Result<BudgetCount, Problem> {
        let healthy = pods.count {
            !$0.meta.isDeleting && !disrupted.contains($0.meta.name) && PodStatus(json: $0["status"]).isReady
        }
        let limit = Share(json: budget[path: "spec", "maxUnavailable"])
        let floor = Share(json: budget[path: "spec", "minAvailable"])
        if limit == nil, floor?.isPercentage != true {
            return .success(.init(expected: pods.count, desired: floor?.value ?? 0, healthy: healthy))
        }
        return expectedScale(pods, world).map { expected in
            let desired =
                limit.map { max(0, expected - $0.count(of: expected, roundedUp: true)) }
                ?? floor?.count(of: expected, roundedUp: true) ?? 0
            return .init(expected: expected, desired: desired, healthy: healthy)
        }
    }

    /// How many pods the controllers of these pods are to have; pods without a controller do not count.
    private static func expectedScale(_ pods: [JSONView], _ world: World) -> Result<Int, Problem> {
        let scalable = world[.replicaSets] + world[.deployments] + world[.statefulSets]
        let byUID = Dictionary(scalable.map { ($0.meta.uid, $0) }, uniquingKeysWith: { first, _ in first })
        var scales: [String: Int] = [:]
        for pod in pods {
            guard let owner = pod.meta.controller else { continue }
            guard var controller = byUID[owner.uid] else {
                return .failure(
                    Problem(message: "found no controllers for pod \"\(pod.meta.name)\": \(owner.kind) has no scale"))
            }
            if let above = controllerUID(of: controller).flatMap({ byUID[$0] }) { controller = above }
            scales[controller.meta.uid] = controller[path: "spec", "replicas"]?.int ?? 1
        }
        return .success(scales.values.reduce(0, +))
    }

    /// The condition DisruptionAllowed; its time stays unless its status changes. Source: pkg/apis/policy/v1 helpers.
    static func condition(
        _ new: (status: String, reason: String, message: String), of budget: JSONView, _ now: Timestamp
    ) -> JSONValue {
        let old = budget.conditions.first { $0["type"]?.string == "DisruptionAllowed" }
        let since = old?["status"]?.string == new.status ? old?["lastTransitionTime"]?.string : nil
        return [
            "type": "DisruptionAllowed", "status": JSONValue(new.status), "reason": JSONValue(new.reason),
            "message": JSONValue(new.message), "observedGeneration": JSONValue(budget.meta.generation ?? 0),
            "lastTransitionTime": JSONValue(since ?? now.description),
        ]
    }
}
