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

    /// Writes the condition that says why the pod's gang waits.
    ///
    /// A strategic merge patch of the status: conditions merge by type.
    package static func waiting(_ pod: PodProjection, message: String, now: Timestamp) -> JSONValue {
        status(
            of: pod, [("conditions", .array([condition(of: pod, isPlaced: false, message: message, now: now)]))])
    }

    /// Names the node that a pod is going to, and ends the condition of one that waited.
    ///
    /// kube-scheduler looks at a nominated node first and alone, so a large cluster's sampling cannot miss it, and it
    /// counts the pod's room there against others of the same or lower priority. To be written before the gate opens.
    /// Source: pkg/scheduler/schedule_one.go `evaluateNominatedNode`, KEP-5278.
    package static func nomination(of pod: PodProjection, to node: String, now: Timestamp) -> JSONValue {
        var members: [(String, JSONValue)] = [("nominatedNodeName", JSONValue(node))]
        if pod.waitingMessage != nil, let gang = pod.gang {
            let message = "gang \(gang.key) has room; this pod goes to node \(node)"
            members.append(
                ("conditions", .array([condition(of: pod, isPlaced: true, message: message, now: now)])))
        }
        return status(of: pod, members)
    }

    private static func status(of pod: PodProjection, _ members: [(String, JSONValue)]) -> JSONValue {
        .object([("metadata", .object([("uid", JSONValue(pod.uid))])), ("status", .object(members))])
    }

    private static func condition(
        of pod: PodProjection, isPlaced: Bool, message: String, now: Timestamp
    ) -> JSONValue {
        var condition: [(String, JSONValue)] = [
            ("type", JSONValue(WellKnownNames.gangCondition)), ("status", JSONValue(isPlaced ? "True" : "False")),
            ("reason", JSONValue(isPlaced ? "Scheduled" : "Unschedulable")), ("message", JSONValue(message)),
        ]
        if isPlaced || pod.waitingMessage == nil {
            condition.append(("lastTransitionTime", JSONValue(now.description)))
        }
        return .object(condition)
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
