import JSON
import KubernetesModel
import Workloads

/// Credentials and public keys of the fetching container: files in volumes that no other container mounts.
///
/// A Secret's files belong to root and, with `fsGroup`, to that group, which kubelet also lets read them (mode 0400 becomes
/// 0440; kubernetes pkg/volume/volume_linux.go, `SetVolumeOwnership`). Without `fsGroup`, mode 0400 would lock out the
/// container, which never runs as root. So the pod gets the container's group as `fsGroup` when it has none and every
/// volume is of a kind whose owner nobody will miss; where it has claims, whose files kubelet would all change, the
/// files are 0444 instead: only the fetching container has them, in memory.
enum FileSyncSecrets {
    private static let secretVolume = "git-sync-secret"
    private static let keyVolume = "file-sync-key"
    private static let annotationVolume = "git-sync-annotation"

    static func mutate(_ plan: SyncPlan, _ edit: inout PodEdit) {
        let all = volumes(plan, edit)
        guard !all.isEmpty else { return }
        if !hasGroup(edit), canGetGroup(edit) {
            edit.json[path: ["spec", "securityContext", "fsGroup"]] = JSONValue(FileSyncContainer.user)
            edit.record(
                "spec.securityContext.fsGroup", String(FileSyncContainer.user),
                because: "lets only the fetching container's group read its Secrets")
        }
        let mode = JSONValue(hasGroup(edit) ? 0o400 : 0o444)
        for (name, kind, members) in all where !edit.has(name, in: "volumes") {
            let source = JSONValue.object(members + [("defaultMode", mode)])
            edit[list: "volumes"].append(.object([("name", JSONValue(name)), (kind, source)]))
        }
    }

    static func mounts(_ plan: SyncPlan) -> [JSONValue] {
        var places = plan.secretNames.indices.map {
            (secretVolume + SyncPlan.suffix($0), SyncPlan.secretDirectory($0))
        }
        places += plan.keyReferences.indices.map { (keyVolume + SyncPlan.suffix($0), SyncPlan.keyDirectory($0)) }
        if plan.git?.hasInlinePassword ?? false { places.append((annotationVolume, SyncPlan.annotationDirectory)) }
        return places.map { name, path in
            .object([("name", JSONValue(name)), ("mountPath", JSONValue(path)), ("readOnly", true)])
        }
    }

    private typealias Volume = (name: String, kind: String, members: [(String, JSONValue)])

    private static func volumes(_ plan: SyncPlan, _ edit: PodEdit) -> [Volume] {
        var volumes: [Volume] = plan.secretNames.enumerated().map { index, name in
            (secretVolume + SyncPlan.suffix(index), "secret", [("secretName", JSONValue(name))])
        }
        for case (let index, .reference(let isSecret, let name, let key)) in plan.keyReferences.enumerated() {
            let items: JSONValue = [.object([("key", JSONValue(key)), ("path", "key")])]
            let member = (isSecret ? "secretName" : "name", JSONValue(name))
            volumes.append(
                (keyVolume + SyncPlan.suffix(index), isSecret ? "secret" : "configMap", [member, ("items", items)]))
        }
        if plan.git?.hasInlinePassword ?? false {
            let field = "metadata.annotations['\(AnnotationKey.gitSyncConfig.name)']"
            let item: JSONValue = .object([
                ("path", "git-sync-config"), ("fieldRef", .object([("fieldPath", JSONValue(field))])),
            ])
            volumes.append((annotationVolume, "downwardAPI", [("items", [item])]))
        }
        return volumes
    }

    private static func hasGroup(_ edit: PodEdit) -> Bool {
        edit.json[path: ["spec", "securityContext", "fsGroup"]]?.int != nil
    }

    /// Volumes that kubelet makes for this pod alone, or never changes the owner of.
    private static let ownKinds = ["emptyDir", "secret", "configMap", "downwardAPI", "projected", "hostPath"]

    private static func canGetGroup(_ edit: PodEdit) -> Bool {
        edit[list: "volumes"].allSatisfy { volume in
            ownKinds.contains { !(volume[$0]?.isNull ?? true) }
        }
    }
}
