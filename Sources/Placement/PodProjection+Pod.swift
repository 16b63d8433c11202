internal import JSON
package import KubernetesModel

extension PodProjection {
    /// Reads what placement needs from a Pod.
    ///
    /// Resources in `ignored`, which no node offers because they only call the extender in, are left out.
    package init(_ pod: Pod, ignoring ignored: Set<String> = [WellKnownNames.gangResource]) {
        let metadata = pod.metadata
        let spec = pod.spec
        self.init(uid: metadata.uid, namespace: metadata.namespace ?? "", name: metadata.name)
        nodeName = spec.nodeName
        isFinished = pod.isFinished
        isDeleting = metadata.isDeleting
        requests = ResourceAmounts(spec.resourceRequests())
        for name in ignored { requests.others[name] = nil }
        nodeSelector = spec.nodeSelector.dictionary
        affinityTerms = Self.requiredTerms(spec.affinity)
        tolerations = spec.json["tolerations"]?.elements.map { PodToleration($0) } ?? []
        hostPorts = pod.hostPorts.map {
            HostPort($0.hostPort ?? 0, transport: $0.networkProtocol, address: $0.hostIP)
        }
        priority = spec.priority
        createdAt = metadata.creationTimestamp?.seconds ?? 0
        gang = Self.membership(metadata)
        let gates = spec.schedulingGates
        hasGangGate = gates.contains(WellKnownNames.gangSchedulingGate)
        hasOtherGates = gates.contains { $0 != WellKnownNames.gangSchedulingGate }
        hasAnnotations = metadata.json?["annotations"]?.kind == .object
        reservedNode = metadata.annotations[.reservedNode]
        gpuDevices = metadata.annotations[.gpuDevices]?.elements ?? []
        controller = metadata.controller.map {
            PodController(apiVersion: $0.apiVersion, kind: $0.kind, name: $0.name, uid: $0.uid)
        }
        waitingMessage = pod.status.condition(WellKnownNames.gangCondition).flatMap { $0.isTrue ? nil : $0.message }
    }

    private static func membership(_ metadata: ObjectMeta) -> GangMembership? {
        guard let name = metadata.labels[.gangName], !name.isEmpty else { return nil }
        let minimum = metadata.annotations[.gangMinMember] ?? 1
        return GangMembership(
            key: GangKey(namespace: metadata.namespace ?? "", name: name), minimumMembers: max(1, minimum))
    }

    private static func requiredTerms(_ affinity: JSONView?) -> [NodeSelectorTerm]? {
        let required = affinity?[path: "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"]
        guard let terms = required?["nodeSelectorTerms"] else { return nil }
        return terms.elements.map { term in
            NodeSelectorTerm(
                labels: NodeRequirement.list(term["matchExpressions"]),
                fields: NodeRequirement.list(term["matchFields"]))
        }
    }
}

extension PodToleration {
    fileprivate init(_ json: JSONView) {
        let effect = json["effect"]?.string ?? ""
        self.init(
            key: json["key"]?.string ?? "", exists: json["operator"]?.stringEquals("Exists") ?? false,
            value: json["value"]?.string ?? "", effect: NodeTaint.Effect(rawValue: effect))
    }
}

extension NodeRequirement {
    /// Reads a list of requirements. One whose operator is not known matches nothing, so that it can keep a pod off only.
    fileprivate static func list(_ json: JSONView?) -> [NodeRequirement] {
        guard let json else { return [] }
        return json.elements.map { requirement in
            let key = requirement["key"]?.string ?? ""
            guard let comparison = requirement["operator"]?.string.flatMap(Operator.init(rawValue:)) else {
                return NodeRequirement(key, .isIn, [])
            }
            return NodeRequirement(key, comparison, requirement["values"]?.strings ?? [])
        }
    }
}
