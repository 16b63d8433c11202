import JSON
import KubernetesModel

/// What a replica's environment may depend on.
package struct ReplicaContext: Sendable {
    /// The job.
    package var job: TrainingJob
    /// The replica's role.
    package var role: RoleRule
    /// The replica's index in its role, from 0.
    package var index: Int
    /// Resources of the main container: requests, else limits.
    package var resources: [String: Quantity]
    /// Whole GPUs that the main container asks for.
    package var gpusPerReplica: Int

    /// Image of the init container that brings `kubectl` to an MPI launcher.
    package var kubectlImage: String

    /// KubeDL's image that copies `kubectl` to `TARGET_DIR`.
    package static let defaultKubectlImage = "kubedl/kubectl-delivery:latest"

    /// The replica of `job`, whose pod has the given `spec`.
    package init(
        job: TrainingJob, role: RoleRule, index: Int, podSpec: JSONValue,
        kubectlImage: String = ReplicaContext.defaultKubectlImage
    ) {
        self.kubectlImage = kubectlImage
        self.job = job
        self.role = role
        self.index = index
        let containers = podSpec["containers"]?.elements ?? []
        let place = job.profile.mainContainer(names: containers.map { $0["name"]?.string ?? "" })
        let given = place.map { containers[$0] }?["resources"]
        resources = [:]
        for list in ["limits", "requests"] {
            for member in given?[list]?.members ?? [] {
                resources[member.key] = (member.value.string ?? member.value.numberText).flatMap { Quantity($0) }
            }
        }
        let gpus =
            given?[path: ["limits", WellKnownNames.gpuResource]]
            ?? given?[path: ["requests", WellKnownNames.gpuResource]]
        gpusPerReplica = Int((gpus?.string ?? gpus?.numberText).flatMap { Quantity($0) }?.roundedUpValue ?? 0)
    }

    /// The job's name.
    package var jobName: String { job.metadata.name }
    /// Replicas of each role, in the profile's order.
    package var replicas: [(role: RoleRule, count: Int)] { job.replicas }
    /// Replicas of all roles together.
    package var total: Int { job.totalReplicas }
    /// The name of the pod of a replica.
    package func name(of role: RoleRule, _ index: Int) -> String {
        ReplicaName.name(job: jobName, role: role, index: index)
    }

    /// The replica's place among all, role by role in the profile's order, from 0.
    package var rank: Int {
        var before = 0
        for entry in replicas {
            if entry.role.name == role.name { return before + index }
            before += entry.count
        }
        return before + index
    }

    /// The number on which this replica listens itself. With host network it is known only once the webhook has chosen
    /// it; the reference is resolved by the kubelet.
    package var ownPort: String {
        let port = job.port(of: role)
        return job.usesHostNetwork ? "$(\(HostPortVariable.name(of: port.name)))" : String(port.number)
    }

    /// Where the replicas of each role with a service are reached, by role in lower case: `a-worker-0.ns.svc:2222`, or
    /// without the namespace. The replica's own entry has ``ownPort``, others the service's port.
    package func cluster(of roles: [RoleRule], isQualified: Bool = true) -> JSONValue {
        let suffix = isQualified ? job.metadata.namespace.map { ".\($0).svc" } ?? "" : ""
        let present = replicas.filter { entry in roles.contains { $0.name == entry.role.name } }
        return .object(
            present.map { entry in
                let port = String(job.port(of: entry.role).number)
                let hosts = (0..<entry.count).map { index in
                    let isOwn = entry.role.name == role.name && index == self.index
                    return "\(name(of: entry.role, index))\(suffix):\(isOwn ? ownPort : port)"
                }
                return (entry.role.label, JSONValue(hosts))
            })
    }

    /// `{"type": "worker", "index": 0}`
    package var task: JSONValue { ["type": JSONValue(role.label), "index": JSONValue(index)] }
}

/// One environment variable of a container.
package struct ReplicaVariable: Sendable, Hashable {
    /// Its name.
    package var name: String
    /// Its value; `$(OTHER)` is replaced by the kubelet.
    package var value: String
    /// Whether a value from the user's template is kept.
    package var yieldsToUser: Bool
    /// Whether only the main container gets it.
    package var isMainOnly: Bool
    /// A field of the pod that the value is read from instead, such as `status.podIP`.
    package var fieldPath: String?

    /// A variable from its parts.
    package init(
        _ name: String, _ value: String, yieldsToUser: Bool = false, isMainOnly: Bool = false, fieldPath: String? = nil
    ) {
        self.name = name
        self.value = value
        self.yieldsToUser = yieldsToUser
        self.isMainOnly = isMainOnly
        self.fieldPath = fieldPath
    }

    /// As a core/v1 EnvVar.
    package var json: JSONValue {
        guard let fieldPath else { return .object([("name", JSONValue(name)), ("value", JSONValue(value))]) }
        return ["name": JSONValue(name), "valueFrom": ["fieldRef": ["fieldPath": JSONValue(fieldPath)]]]
    }
}
