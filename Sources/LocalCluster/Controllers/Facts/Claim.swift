internal import JSON
internal import KubernetesModel

/// The objects that a root controls, after it has taken those that nobody controls and let go of those that its
/// selector matches no more.
///
/// Source: pkg/controller/controller_ref_manager.go, `ClaimObject`.
struct Claim {
    var owned: [JSONView] = []
    var changes: [Plan.Change] = []

    init(_ objects: [JSONView], of type: ResourceType, by root: JSONView, _ rootType: ResourceType) {
        for object in objects {
            let matches = root.selects(object)
            let references = object.meta.ownerReferences
            if let owner = object.meta.controller {
                guard owner.uid == root.meta.uid else { continue }
                if matches {
                    owned.append(object)
                } else if !root.meta.isDeleting {
                    setOwners(references.filter { $0.uid != owner.uid }, of: object, type)
                }
            } else if matches, !root.meta.isDeleting, !object.meta.isDeleting {
                owned.append(object)
                setOwners(references + [root.controllerReference(rootType)], of: object, type)
            }
        }
    }

    private mutating func setOwners(_ owners: [OwnerReference], of object: JSONView, _ type: ResourceType) {
        let metadata: JSONValue = [
            "uid": JSONValue(object.meta.uid), "ownerReferences": JSONValue(owners.map(\.value)),
        ]
        changes.append(.merge(type, object.meta.key, ["metadata": metadata]))
    }
}

extension JSONView {
    /// The reference that makes it an object's controller.
    func controllerReference(_ type: ResourceType) -> OwnerReference {
        OwnerReference(
            apiVersion: type.apiVersion, kind: type.kind, name: meta.name, uid: meta.uid, controller: true,
            blockOwnerDeletion: true)
    }
}
