package import JSON

/// What a pod is to be. Source: core/v1 PodSpec.
package struct PodSpec: KubernetesView {
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// When containers are started again.
    package enum RestartPolicy: String, Sendable {
        /// Always, whatever the exit code.
        case always = "Always"
        /// After an exit code that is not 0.
        case onFailure = "OnFailure"
        /// Never.
        case never = "Never"
    }

    /// The node that the pod is bound to; nil before that.
    package var nodeName: String? { json["nodeName"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    /// The containers.
    package var containers: [Container] { views("containers") }
    /// The containers that run before them, in order.
    package var initContainers: [Container] { views("initContainers") }
    /// When containers are started again; `always` by default.
    package var restartPolicy: RestartPolicy { json["restartPolicy"]?.string.flatMap(RestartPolicy.init) ?? .always }
    /// Whether the pod uses the network of its node.
    package var hostNetwork: Bool { json["hostNetwork"]?.bool ?? false }
    /// The volumes.
    package var volumes: [Volume] { views("volumes") }
    /// The names of what keeps the pod from being scheduled.
    package var schedulingGates: [String] { json["schedulingGates"]?.elements.compactMap { $0["name"]?.string } ?? [] }
    /// The scheduler that is to place it.
    package var schedulerName: String { json["schedulerName"]?.string ?? "default-scheduler" }
    /// The priority; 0 if absent.
    package var priority: Int { json["priority"]?.int ?? 0 }
    /// The name of the priority class; empty if absent.
    package var priorityClassName: String { json["priorityClassName"]?.string ?? "" }
    /// Labels that the node must have.
    package var nodeSelector: StringMap { StringMap(json: json["nodeSelector"]) }
    /// Affinity rules, unread.
    package var affinity: JSONView? { json["affinity"].flatMap { $0.isNull ? nil : $0 } }
    /// The taints that the pod bears.
    package var tolerations: [Toleration] { views("tolerations") }
    /// Seconds between the request to stop and the kill, ≥ 0; 30 by default.
    package var terminationGracePeriodSeconds: Int { json["terminationGracePeriodSeconds"]?.int ?? 30 }
    /// Seconds the pod may run; nil for ever.
    package var activeDeadlineSeconds: Int? { json["activeDeadlineSeconds"]?.int }
    /// The service account; empty if absent.
    package var serviceAccountName: String { json["serviceAccountName"]?.string ?? "" }
    /// The name that processes see as their host; empty for the pod's name.
    package var hostname: String { json["hostname"]?.string ?? "" }
    /// The subdomain of the pod's own name in the cluster's DNS; empty for none.
    package var subdomain: String { json["subdomain"]?.string ?? "" }
    /// What running a pod costs beyond its containers.
    package var overhead: ResourceList { ResourceList(json: json["overhead"]) }
    /// The container called `name`.
    package func container(named name: String) -> Container? {
        containers.first { $0.json["name"]?.stringEquals(name) ?? false }
    }
}

/// A volume of a pod. Its source is read from ``json``. Source: core/v1 Volume.
package struct Volume: KubernetesView {
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// The name that mounts refer to.
    package var name: String { json["name"]?.string ?? "" }
    /// `emptyDir`: an empty folder that lives as long as the pod.
    package var emptyDir: JSONView? { json["emptyDir"] }
    /// `hostPath`: the path on the node.
    package var hostPath: String? { json["hostPath"]?["path"]?.string }
    /// `configMap`: the name of the config map.
    package var configMapName: String? { json["configMap"]?["name"]?.string }
    /// `secret`: the name of the secret.
    package var secretName: String? { json["secret"]?["secretName"]?.string }
    /// `persistentVolumeClaim`: the name of the claim.
    package var claimName: String? { json["persistentVolumeClaim"]?["claimName"]?.string }
}
