internal import JSON
internal import KubernetesClient
internal import KubernetesModel

/// Gives claims their volumes, and keeps those that pods use.
/// Source: pkg/controller/volume/persistentvolume, pkg/controller/volume/pvcprotection.
struct ClaimBinding: Sendable {
    /// The provisioner of folders.
    static let provisioner = "kubedl.io/local-folder"
    /// Names of annotations.
    static let provisionedBy = "pv.kubernetes.io/provisioned-by"
    private static let bindCompleted = "pv.kubernetes.io/bind-completed"
    private static let boundByController = "pv.kubernetes.io/bound-by-controller"
    private static let selectedNode = "volume.kubernetes.io/selected-node"
    private static let finalizer = "kubernetes.io/pvc-protection"

    /// Where the folders of volumes are made, absolute.
    var folder: String

    var controller: Controller {
        Controller(
            name: "persistentvolume-controller", root: .persistentVolumeClaims,
            uses: [.persistentVolumes, .storageClasses, .pods, .nodes], isConcerned: Self.isConcerned,
            plan: { plan($0, $1) })
    }

    private static func isConcerned(_ claim: JSONView, _ object: JSONView) -> Bool {
        let isOpen = (claim["spec"]?["volumeName"]?.string ?? "").isEmpty
        switch object["kind"]?.string {
        case "Node": return false
        case "PersistentVolume":
            return isOpen || claim["spec"]?["volumeName"]?.string == object["metadata"]?["name"]?.string
        case "StorageClass": return isOpen
        default: return claim.meta.isDeleting
        }
    }

    func plan(_ claim: JSONView, _ world: World) -> Plan {
        let metadata = claim.meta
        if metadata.isDeleting { return release(metadata, world) }
        let name = claim["spec"]?["volumeName"]?.string ?? ""
        if !name.isEmpty {
            guard let volume = world[.persistentVolumes].first(where: { $0.meta.name == name }) else {
                return metadata.annotations[Self.bindCompleted] == nil ? Plan() : lost(claim)
            }
            let isFree = volume["spec"]?["claimRef"]?.isNull ?? true
            return isFree || ClaimMatch.isReserved(volume, for: claim) ? bind(claim, to: volume) : Plan()
        }
        guard let className = claim["spec"]?["storageClassName"]?.string else {
            return setDefaultClass(metadata, world)
        }
        let storageClass = world[.storageClasses].first { $0.meta.name == className }
        let node = metadata.annotations[Self.selectedNode]
        let waits = storageClass?["volumeBindingMode"]?.string == "WaitForFirstConsumer" && node == nil
        let candidates = world[.persistentVolumes].filter { !waits || ClaimMatch.isReserved($0, for: claim) }
        let place = node.flatMap { node in world[.nodes].first { $0.meta.name == node } }
        if let volume = ClaimMatch.best(candidates, for: claim, on: place) { return bind(claim, to: volume) }
        return provision(claim, className, storageClass, waits: waits)
    }

    /// Source: pvcprotection: a claim stays while a pod that has a node and has not ended uses it.
    private func release(_ metadata: ObjectMeta, _ world: World) -> Plan {
        let isUsed = world[.pods].contains { json in
            let pod = Pod(json: json)
            return pod.spec.nodeName != nil && !pod.isFinished
                && pod.spec.volumes.contains { $0.claimName == metadata.name }
        }
        guard metadata.finalizers.contains(Self.finalizer), !isUsed else { return Plan() }
        return Plan([Self.remove(Self.finalizer, from: metadata, .persistentVolumeClaims)])
    }

    static func remove(_ finalizer: String, from metadata: ObjectMeta, _ type: ResourceType) -> Plan.Change {
        let left = metadata.finalizers.filter { $0 != finalizer }
        let patch: JSONValue = [
            "resourceVersion": JSONValue(metadata.resourceVersion), "finalizers": JSONValue(left),
        ]
        return .merge(type, metadata.key, ["metadata": patch])
    }

    /// Source: KEP-3333, retroactive default class.
    private func setDefaultClass(_ metadata: ObjectMeta, _ world: World) -> Plan {
        let defaults = world[.storageClasses].map(\.meta).filter {
            $0.annotations["storageclass.kubernetes.io/is-default-class"] == "true"
        }
        let newest = defaults.max { ($0.creationTimestamp ?? .epoch) < ($1.creationTimestamp ?? .epoch) }
        guard let newest else { return said("FailedBinding", Self.noClass) }
        let patch: JSONValue = ["spec": ["storageClassName": JSONValue(newest.name)]]
        return Plan([.merge(.persistentVolumeClaims, metadata.key, patch)])
    }

    private static let noClass = "no persistent volumes available for this claim and no storage class is set"

    private func provision(_ claim: JSONView, _ name: String, _ storageClass: JSONView?, waits: Bool) -> Plan {
        if name.isEmpty { return said("FailedBinding", Self.noClass) }
        guard let storageClass else {
            return said("ProvisioningFailed", "storageclass.storage.k8s.io \"\(name)\" not found", .warning)
        }
        if waits { return said("WaitForFirstConsumer", "waiting for first consumer to be created before binding") }
        let provisioner = storageClass["provisioner"]?.string ?? ""
        if provisioner == "kubernetes.io/no-provisioner" { return said("FailedBinding", Self.noClass) }
        guard provisioner == Self.provisioner else {
            return said(
                "ExternalProvisioning",
                "Waiting for a volume to be created either by the external provisioner '\(provisioner)' or manually by "
                    + "the system administrator. If volume creation is delayed, please verify that the provisioner is "
                    + "running and correctly registered.")
        }
        let metadata = claim.meta
        let volume = "pvc-\(metadata.uid)"
        let path = "\(folder)/\(volume)"
        let spec = claim["spec"].map { JSONValue($0) } ?? [:]
        var plan = Plan([
            .folder(path, isWanted: true),
            .create(
                .persistentVolumes,
                [
                    "apiVersion": "v1", "kind": "PersistentVolume",
                    "metadata": [
                        "name": JSONValue(volume),
                        "annotations": [Self.provisionedBy: JSONValue(Self.provisioner)],
                    ],
                    "spec": [
                        "capacity": ["storage": spec[path: "resources", "requests", "storage"] ?? "0"],
                        "accessModes": spec["accessModes"] ?? [], "volumeMode": spec["volumeMode"] ?? "Filesystem",
                        "persistentVolumeReclaimPolicy": JSONValue(storageClass["reclaimPolicy"]?.string ?? "Delete"),
                        "storageClassName": JSONValue(name), "claimRef": Self.reference(to: claim),
                        "hostPath": ["path": JSONValue(path), "type": "Directory"],
                    ],
                ]),
        ])
        plan.tell("ProvisioningSucceeded", "Successfully provisioned volume \(volume)")
        return plan
    }

    private func bind(_ claim: JSONView, to volume: JSONView) -> Plan {
        let (own, other) = (claim.meta, volume.meta)
        let isChosen = (claim["spec"]?["volumeName"]?.string ?? "").isEmpty
        var plan = Plan()
        if volume["spec"]?["claimRef"]?["uid"]?.string != own.uid {
            var metadata: JSONValue = ["resourceVersion": JSONValue(other.resourceVersion)]
            if volume["spec"]?["claimRef"]?.isNull ?? true {
                metadata["annotations"] = [Self.boundByController: "yes"]
            }
            plan.changes.append(
                .merge(
                    .persistentVolumes, other.key,
                    ["metadata": metadata, "spec": ["claimRef": Self.reference(to: claim)]]))
        }
        if volume["status"]?["phase"]?.string != "Bound" {
            plan.changes.append(.status(.persistentVolumes, other.key, ["status": ["phase": "Bound"]]))
        }
        if own.annotations[Self.bindCompleted] == nil {
            var annotations: JSONValue = [Self.bindCompleted: "yes"]
            if isChosen { annotations[Self.boundByController] = "yes" }
            let patch: JSONValue = [
                "metadata": ["annotations": annotations], "spec": ["volumeName": JSONValue(other.name)],
            ]
            plan.changes.append(.merge(.persistentVolumeClaims, own.key, patch))
        }
        plan.status = Self.status(of: claim, "Bound")
        plan.status?["accessModes"] = volume["spec"]?["accessModes"].map { JSONValue($0) }
        plan.status?["capacity"] = volume["spec"]?["capacity"].map { JSONValue($0) }
        return plan
    }

    private func lost(_ claim: JSONView) -> Plan {
        var plan = Plan()
        if claim["status"]?["phase"]?.string == "Lost" { return plan }
        plan.status = Self.status(of: claim, "Lost")
        plan.tell(
            "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!", .warning)
        return plan
    }

    private static func status(of claim: JSONView, _ phase: String) -> JSONValue {
        var status = claim["status"].map { JSONValue($0) } ?? [:]
        status["phase"] = JSONValue(phase)
        return status
    }

    private static func reference(to claim: JSONView) -> JSONValue {
        let metadata = claim.meta
        return ObjectReference(
            apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: metadata.namespace, name: metadata.name,
            uid: metadata.uid, resourceVersion: metadata.resourceVersion
        ).value
    }

    private func said(_ reason: String, _ message: String, _ type: EventRecorder.Kind = .normal) -> Plan {
        var plan = Plan()
        plan.tell(reason, message, type)
        return plan
    }
}
