internal import KubernetesModel

/// The class of a pod by its requests and limits. Source: kubernetes qos `ComputePodQOS`.
enum QualityOfService {
    /// `Guaranteed`, `Burstable` or `BestEffort`.
    static func name(_ spec: PodSpec) -> String {
        let containers = spec.containers + spec.initContainers
        let names = ["cpu", "memory"]
        let asks = containers.contains { container in
            names.contains { !container.requests.amount(of: $0).isZero || !container.limits.amount(of: $0).isZero }
        }
        if !asks { return "BestEffort" }
        let isGuaranteed = containers.allSatisfy { container in
            names.allSatisfy { name in
                guard let limit = container.limits[name], !limit.isZero else { return false }
                return (container.requests[name] ?? limit) == limit
            }
        }
        return isGuaranteed ? "Guaranteed" : "Burstable"
    }
}
