package import JSON
package import KubernetesModel
package import Placement

/// The changes to pods through which the planner acts.
package enum GangPatches {
    /// Opens a pod's gate and names the node reserved for it, in one step. For a pod whose gate is open already it
    /// only names the node.
    ///
    /// Applies to this very pod only, and only while our gate is its one gate. Source: RFC 6902 `test`, KEP-3521.
    package static func open(_ pod: PodProjection, on node: String) -> JSONPatch {
        let gate: JSONPointer = ["spec", "schedulingGates", "0"]
        let annotations: JSONPointer = ["metadata", "annotations"]
        var operations: [JSONPatch.Operation] = [.test(["metadata", "uid"], JSONValue(pod.uid))]
        if pod.hasGangGate {
            operations.append(.test(gate, .object([("name", JSONValue(WellKnownNames.gangSchedulingGate))])))
            operations.append(.remove(gate))
        }
        if pod.hasAnnotations {
            operations.append(.add(annotations.appending(AnnotationKey<String>.reservedNode.name), JSONValue(node)))
        } else {
            operations.append(.add(annotations, .object([(AnnotationKey<String>.reservedNode.name, JSONValue(node))])))
        }
        return JSONPatch(operations)
    }

    /// Writes the condition that says why the pod's gang waits (`isPlaced` false), or that it has room.
    ///
    /// A strategic merge patch of the status: conditions merge by type.
    package static func condition(of pod: PodProjection, isPlaced: Bool, message: String, now: Timestamp) -> JSONValue {
        var condition: [(String, JSONValue)] = [
            ("type", JSONValue(WellKnownNames.gangCondition)), ("status", JSONValue(isPlaced ? "True" : "False")),
            ("reason", JSONValue(isPlaced ? "Scheduled" : "Unschedulable")), ("message", JSONValue(message)),
        ]
        if isPlaced || pod.waitingMessage == nil {
            condition.append(("lastTransitionTime", JSONValue(now.description)))
        }
        return .object([
            ("metadata", .object([("uid", JSONValue(pod.uid))])),
            ("status", .object([("conditions", .array([.object(condition)]))])),
        ])
    }

    /// The Binding of a pod: its node and, in the same step, the GPU devices that it gets there.
    ///
    /// The API server copies the annotations onto the pod and refuses another UID.
    /// Source: kubernetes pkg/registry/core/pod/storage `BindingREST.setPodNodeAndMetadata`.
    package static func binding(_ binding: BindingArguments, devices: [Int]) -> JSONValue {
        var metadata: [(String, JSONValue)] = [
            ("name", JSONValue(binding.name)), ("namespace", JSONValue(binding.namespace)),
            ("uid", JSONValue(binding.uid)),
        ]
        if !devices.isEmpty {
            let list = devices.map(String.init).joined(separator: ",")
            metadata.append(
                ("annotations", .object([(AnnotationKey<CommaList<Int>>.gpuDevices.name, JSONValue(list))])))
        }
        return .object([
            ("apiVersion", "v1"), ("kind", "Binding"), ("metadata", .object(metadata)),
            (
                "target",
                .object([("apiVersion", "v1"), ("kind", "Node"), ("name", JSONValue(binding.node))])
            ),
        ])
    }
}
