internal import JSON

extension PodSpec {
    /// What a scheduler must set aside for the pod.
    ///
    /// Containers are summed. Init containers run one at a time, so the largest counts; a restartable one (a sidecar) keeps
    /// running, so it counts for every later init container and for the containers. Requests of the pod as a whole replace
    /// the sums of the resources they name; overhead is added last.
    /// Source: k8s.io/component-helpers resource `PodRequests`; KEP-753 sidecars, KEP-2837 pod-level resources.
    package func resourceRequests() -> ResourceList {
        requests(ofPod: "requests", overhead: true)
    }

    /// The limits of the pod, combined as ``resourceRequests()`` but with overhead only where a limit exists.
    package func resourceLimits() -> ResourceList {
        requests(ofPod: "limits", overhead: false)
    }

    private func requests(ofPod key: String, overhead addsOverhead: Bool) -> ResourceList {
        var total = ResourceList()
        for container in containers { total += ResourceList(json: container.json["resources"]?[key]) }
        var sidecars = ResourceList()
        var starting = ResourceList()
        for container in initContainers {
            let own = ResourceList(json: container.json["resources"]?[key])
            if container.isSidecar {
                total += own
                sidecars += own
                starting.formMaximum(sidecars)
            } else {
                starting.formMaximum(own + sidecars)
            }
        }
        total.formMaximum(starting)
        for (name, amount) in ResourceList(json: json["resources"]?[key]).pairs
        where Self.isPodLevelResource(name) {
            total[name] = amount
        }
        for (name, amount) in overhead.pairs where addsOverhead || !total.amount(of: name).isZero {
            total[name] = total.amount(of: name) + amount
        }
        return total
    }

    /// Whether a pod as a whole can ask for the resource.
    private static func isPodLevelResource(_ name: String) -> Bool {
        name == "cpu" || name == "memory" || name.hasPrefix("hugepages-")
    }
}
