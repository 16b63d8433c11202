internal import JSON
internal import KubernetesModel

/// What becomes of volumes: free, bound, released, and gone with their folder where the class says so.
/// Source: pkg/controller/volume/persistentvolume `syncVolume`, pkg/controller/volume/pvprotection.
struct VolumeReclaim: Sendable {
    private static let finalizer = "kubernetes.io/pv-protection"

    /// Where the folders of volumes are made, absolute.
    var folder: String

    var controller: Controller {
        Controller(
            name: "persistentvolume-controller", root: .persistentVolumes, uses: [.persistentVolumeClaims],
            isConcerned: { volume, claim in
                let reference = volume["spec"]?["claimRef"]
                return reference?["name"]?.string == claim["metadata"]?["name"]?.string
                    && reference?["namespace"]?.string == claim["metadata"]?["namespace"]?.string
            }, plan: { plan($0, $1) })
    }

    func plan(_ volume: JSONView, _ world: World) -> Plan {
        let metadata = volume.meta
        let phase = phase(of: volume, world)
        var plan = Plan()
        if phase != volume["status"]?["phase"]?.string {
            var status = volume["status"].map { JSONValue($0) } ?? [:]
            status["phase"] = JSONValue(phase)
            status["lastPhaseTransitionTime"] = JSONValue(world.now.description)
            plan.status = status
        }
        guard phase != "Bound" else { return plan }
        let isDoomed = phase == "Released" && volume["spec"]?["persistentVolumeReclaimPolicy"]?.string == "Delete"
        let path = "\(folder)/\(metadata.name)"
        let isOurs =
            metadata.annotations[ClaimBinding.provisionedBy] == ClaimBinding.provisioner
            && volume["spec"]?["hostPath"]?["path"]?.string == path
        if isDoomed, isOurs {
            plan.status = nil
            plan.changes.append(.folder(path, isWanted: false))
            if !metadata.isDeleting {
                plan.changes.append(.discard(.persistentVolumes, metadata.key, uid: metadata.uid))
            }
        }
        if metadata.isDeleting, metadata.finalizers.contains(Self.finalizer) {
            plan.status = nil
            plan.changes.append(ClaimBinding.remove(Self.finalizer, from: metadata, .persistentVolumes))
        }
        return plan
    }

    private func phase(of volume: JSONView, _ world: World) -> String {
        guard let uid = volume["spec"]?["claimRef"]?["uid"]?.string, !uid.isEmpty else { return "Available" }
        let claim = world[.persistentVolumeClaims].first { $0.meta.uid == uid }
        guard let claim else { return "Released" }
        let isTaken = claim["spec"]?["volumeName"]?.string == volume.meta.name
        return isTaken ? "Bound" : volume["status"]?["phase"]?.string ?? "Available"
    }
}
