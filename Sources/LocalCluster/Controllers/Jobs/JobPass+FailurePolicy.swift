internal import JSON
internal import KubernetesModel

extension JobPass {
    /// Why a pod's failure fails the whole Job; nil if none does.
    ///
    /// Source: pkg/controller/job/pod_failure_policy.go (KEP-3329).
    var failurePolicyMessage: String? {
        pods.lazy.filter(isFailed).compactMap { pod in
            guard let rule = rule(for: pod), rule.action == "FailJob" else { return nil }
            return rule.message
        }.first
    }

    /// Whether a failed pod counts against the back-off limit.
    func isCounted(_ pod: Pod) -> Bool { rule(for: pod)?.action != "Ignore" }

    private func rule(for pod: Pod) -> (action: String, message: String)? {
        guard let rules = root[path: "spec", "podFailurePolicy", "rules"] else { return nil }
        for (place, rule) in rules.elements.enumerated() {
            let action = rule["action"]?.string ?? ""
            let tail = "matching \(action) rule at index \(place)"
            if let wanted = rule["onExitCodes"], let container = failedContainer(of: pod, wanted) {
                let code = container.termination?.exitCode ?? 0
                return (action, "Container \(container.name) for pod \(pod.key) failed with exit code \(code) \(tail)")
            }
            for wanted in rule["onPodConditions"]?.elements.map({ $0 }) ?? [] {
                let type = wanted["type"]?.string ?? ""
                guard pod.status.condition(type)?.status == wanted["status"]?.string ?? "True" else { continue }
                return (action, "Pod \(pod.key) has condition \(type) \(tail)")
            }
        }
        return nil
    }

    private func failedContainer(of pod: Pod, _ wanted: JSONView) -> ContainerStatus? {
        let codes = wanted["values"]?.elements.compactMap(\.int) ?? []
        let isIn = wanted["operator"]?.string == "In"
        return (pod.status.containerStatuses + pod.status.initContainerStatuses).first { container in
            guard let code = container.termination?.exitCode, code != 0 else { return false }
            return (wanted["containerName"]?.string ?? container.name) == container.name
                && codes.contains(code) == isIn
        }
    }
}
