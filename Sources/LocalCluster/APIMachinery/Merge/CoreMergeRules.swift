internal import KubernetesModel

/// The merge rules of built-in types.
enum CoreMergeRules {
    static func node(for type: ResourceType) -> MergeNode {
        var fields: [String: MergeNode] = ["metadata": metadata]
        let own = own(type)
        fields.merge(own) { _, last in last }
        return .object(fields)
    }

    static let metadata = MergeNode.object([
        "ownerReferences": .list(by: "uid", of: .atomicObject), "finalizers": .set,
    ])

    private static let conditions = MergeNode.object(["conditions": .list(by: "type")])

    private static func own(_ type: ResourceType) -> [String: MergeNode] {
        switch (type.group, type.plural) {
        case ("", "pods"): ["spec": podSpec, "status": podStatus]
        case ("", "podtemplates"): ["template": podTemplate]
        case ("", "nodes"): ["spec": .object(["podCIDRs": .set]), "status": nodeStatus]
        case ("", "services"): ["spec": serviceSpec, "status": conditions]
        case ("", "serviceaccounts"): ["secrets": .list(by: "name")]
        case ("", "namespaces"), ("", "persistentvolumeclaims"), ("policy", _): ["status": conditions]
        case ("", "replicationcontrollers"):
            ["spec": .object(["selector": .atomicObject, "template": podTemplate]), "status": conditions]
        case ("apps", "deployments"):
            ["spec": workload(["strategy": retainingKeys]), "status": conditions]
        case ("apps", "daemonsets"), ("apps", "statefulsets"), ("apps", "replicasets"):
            ["spec": workload([:]), "status": conditions]
        case ("batch", "jobs"): ["spec": workload([:]), "status": conditions]
        case ("batch", "cronjobs"):
            ["spec": .object(["jobTemplate": .object(["metadata": metadata, "spec": workload([:])])])]
        case ("admissionregistration.k8s.io", _): ["webhooks": .list(by: "name", of: webhook)]
        case ("apiextensions.k8s.io", _): ["status": conditions]
        default: [:]
        }
    }

    private static let retainingKeys = MergeNode.object([:], others: .unknown, isAtomic: false, retainsKeys: true)

    private static func workload(_ more: [String: MergeNode]) -> MergeNode {
        var fields: [String: MergeNode] = ["selector": .atomicObject, "template": podTemplate]
        fields.merge(more) { _, last in last }
        return .object(fields)
    }

    private static let podTemplate = MergeNode.object(["metadata": metadata, "spec": podSpec])

    private static let podSpec = MergeNode.object([
        "containers": .list(by: "name", of: container), "initContainers": .list(by: "name", of: container),
        "ephemeralContainers": .list(by: "name", of: container),
        "volumes": .list(by: "name", of: retainingKeys),
        "imagePullSecrets": .list(by: "name"), "hostAliases": .list(by: "ip"),
        "schedulingGates": .list(by: "name"), "resourceClaims": .list(by: "name", of: retainingKeys),
        "topologySpreadConstraints": .list(
            .map(keys: ["topologyKey", "whenUnsatisfiable"], patchKey: "topologyKey"), of: spreadConstraint),
        "nodeSelector": .atomicObject, "resources": resources,
    ])

    private static let spreadConstraint = MergeNode.object(["labelSelector": .atomicObject])

    private static let resources = MergeNode.object(["claims": .list(by: "name")])

    private static let container = MergeNode.object([
        "env": .list(by: "name", of: environmentVariable),
        "ports": .list(.map(keys: ["containerPort", "protocol"], patchKey: "containerPort"), of: .unknown),
        "volumeMounts": .list(by: "mountPath"), "volumeDevices": .list(by: "devicePath"), "resources": resources,
    ])

    private static let environmentVariable = MergeNode.object([
        "valueFrom": .object([
            "configMapKeyRef": .atomicObject, "secretKeyRef": .atomicObject, "fieldRef": .atomicObject,
            "resourceFieldRef": .atomicObject,
        ])
    ])

    private static let podStatus = MergeNode.object([
        "conditions": .list(by: "type"), "podIPs": .list(by: "ip"), "hostIPs": .list(.atomic, of: .unknown),
    ])

    private static let nodeStatus = MergeNode.object([
        "conditions": .list(by: "type"), "addresses": .list(by: "type"),
    ])

    private static let serviceSpec = MergeNode.object([
        "ports": .list(.map(keys: ["port", "protocol"], patchKey: "port"), of: .unknown), "selector": .atomicObject,
    ])

    private static let webhook = MergeNode.object([
        "matchConditions": .list(by: "name"), "namespaceSelector": .atomicObject, "objectSelector": .atomicObject,
    ])
}
