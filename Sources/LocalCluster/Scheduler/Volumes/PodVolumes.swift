internal import JSON
internal import KubernetesModel

/// The claims, volumes and storage classes that decide where pods can go.
struct VolumeState: Sendable {
    /// Claims by namespace and name.
    var claims: [ObjectKey: JSONDocument] = [:]
    /// Volumes by name.
    var volumes: [String: JSONDocument] = [:]
    /// Storage classes by name.
    var classes: [String: JSONDocument] = [:]

    /// Whether a claim has its volume for good.
    static func isBound(_ claim: JSONView) -> Bool {
        !(claim["spec"]?["volumeName"]?.string ?? "").isEmpty
            && ObjectMeta(of: claim).annotations["pv.kubernetes.io/bind-completed"] != nil
    }

    /// Whether a claim waits until a pod that uses it has a node.
    func isWaitingForConsumer(_ claim: JSONView) -> Bool {
        (claim["spec"]?["volumeName"]?.string ?? "").isEmpty
            && storageClass(of: claim)?["volumeBindingMode"]?.string == "WaitForFirstConsumer"
    }

    private func storageClass(of claim: JSONView) -> JSONView? {
        classes[claim["spec"]?["storageClassName"]?.string ?? ""]?.root
    }

    /// The claims of a pod that are there.
    func claims(of pod: SchedulablePod) -> [(key: ObjectKey, claim: JSONView)] {
        pod.claimNames.compactMap { name in
            let key = ObjectKey(namespace: pod.key.namespace, name: name)
            return claims[key].map { (key, $0.root) }
        }
    }

    /// Why no node at all can take a pod, because of its claims; nil if some may.
    /// Source: kube-scheduler plugins/volumebinding `podHasPVCs` and `PreFilter`.
    func obstacle(of pod: SchedulablePod) -> String? {
        for name in pod.claimNames {
            guard let claim = claims[ObjectKey(namespace: pod.key.namespace, name: name)]?.root else {
                return "persistentvolumeclaim \"\(name)\" not found"
            }
            if claim["status"]?["phase"]?.string == "Lost" {
                let volume = claim["spec"]?["volumeName"]?.string ?? ""
                return "persistentvolumeclaim \"\(name)\" bound to non-existent persistentvolume \"\(volume)\""
            }
            if ObjectMeta(of: claim).isDeleting { return "persistentvolumeclaim \"\(name)\" is being deleted" }
        }
        let unbound = claims(of: pod).contains { !Self.isBound($0.claim) && !isWaitingForConsumer($0.claim) }
        return unbound ? "pod has unbound immediate PersistentVolumeClaims" : nil
    }

    /// Why a node cannot take a pod, because of its volumes. Source: kube-scheduler plugins/volumebinding `Filter`.
    func rejection(of pod: SchedulablePod, on node: Node) -> NodeRejection? {
        for (_, claim) in claims(of: pod) {
            if Self.isBound(claim) {
                let volume = volumes[claim["spec"]?["volumeName"]?.string ?? ""]?.root
                if let volume, !NodeAffinity.matches(volume: volume, node) {
                    return refused("node(s) didn't match PersistentVolume's node affinity")
                }
            } else if !canBind(claim, on: node) {
                return refused("node(s) didn't find available persistent volumes to bind")
            }
        }
        return nil
    }

    /// Whether a volume can be made for a claim on a node, or one waits there for claims of its class.
    private func canBind(_ claim: JSONView, on node: Node) -> Bool {
        if let chosen = ObjectMeta(of: claim).annotations[Self.selectedNode], chosen != node.name { return false }
        let name = claim["spec"]?["storageClassName"]?.string ?? ""
        if storageClass(of: claim)?["provisioner"]?.string != "kubernetes.io/no-provisioner" { return true }
        return volumes.values.contains { volume in
            let spec = volume.root["spec"]
            return spec?["storageClassName"]?.string == name && spec?["claimRef"] == nil
                && NodeAffinity.matches(volume: volume.root, node)
        }
    }

    /// Where the scheduler says which node the first pod of a claim has.
    static let selectedNode = "volume.kubernetes.io/selected-node"

    private func refused(_ reason: String) -> NodeRejection {
        NodeRejection(reasons: [reason], isUnresolvable: true, cause: .volumes)
    }
}
