internal import JSON
internal import KubernetesModel

/// The Node object of a simulated node.
struct NodeText: Sendable {
    /// The node.
    var node: NodeOptions
    /// What its containers are kept apart with.
    var isolation: Isolation

    /// The object to create.
    var object: JSONValue {
        let name = JSONValue(node.name)
        return [
            "apiVersion": "v1", "kind": "Node",
            "metadata": [
                "name": name,
                "labels": [
                    "kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
                    "kubernetes.io/arch": JSONValue(Self.architecture), "beta.kubernetes.io/os": "linux",
                    "beta.kubernetes.io/arch": JSONValue(Self.architecture),
                    "node.kubernetes.io/instance-type": "kubedl-local",
                ],
            ],
            "spec": ["providerID": JSONValue("kubedl-local://" + node.name)],
        ]
    }

    /// Its status; conditions that are as `before` keep the time of their last change.
    func status(now: Timestamp, before: [Condition] = []) -> JSONValue {
        let conditions = [
            ("MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
            ("DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
            ("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            ("Ready", true, "KubeletReady", readyMessage),
        ].map { type, holds, reason, message -> JSONValue in
            let status = holds ? "True" : "False"
            let known = before.first { $0.type == type && $0.status == status }
            var value = Condition(
                type: type, status: status, reason: reason, message: message,
                lastTransitionTime: known?.lastTransitionTime ?? now
            ).value
            value["lastHeartbeatTime"] = JSONValue(now.description)
            return value
        }
        return [
            "capacity": node.capacity.value, "allocatable": node.capacity.value, "conditions": JSONValue(conditions),
            "addresses": [
                ["type": "InternalIP", "address": JSONValue(node.address)],
                ["type": "Hostname", "address": JSONValue(node.name)],
            ],
            "daemonEndpoints": ["kubeletEndpoint": ["Port": 0]],
            "nodeInfo": [
                "architecture": JSONValue(Self.architecture), "operatingSystem": "linux", "bootID": "", "machineID": "",
                "systemUUID": JSONValue(node.name), "kernelVersion": "", "osImage": "the host's, seen by containers",
                "containerRuntimeVersion": "kubedl-local://1", "kubeletVersion": "v1.36.0", "kubeProxyVersion": "",
            ],
        ]
    }

    private var readyMessage: String {
        guard let problem = isolation.problem else { return "containers run in namespaces of their own" }
        return "containers run without namespaces: no volumes, no names of services (\(problem))"
    }

    private static var architecture: String {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }
}
