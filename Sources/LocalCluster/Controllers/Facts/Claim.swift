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
                    let rest = references.filter { $0.uid != owner.uid }
                    changes.append(.merge(type, object.meta.key, patch(object, rest)))
                }
            } else if matches, !root.meta.isDeleting, !object.meta.isDeleting {
                owned.append(object)
                let owners = references + [root.controllerReference(rootType)]
                changes.append(.adopt(type, object.meta.key, patch(object, owners)))
            }
        }
    }

    private func patch(_ object: JSONView, _ owners: [OwnerReference]) -> JSONValue {
        let references = owners.isEmpty ? JSONValue.null : JSONValue(owners.map(\.value))
        return ["metadata": ["uid": JSONValue(object.meta.uid), "ownerReferences": references]]
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
