import JSON
import KubernetesModel

/// What the built-in admission plugins do to new claims and volumes.
///
/// Source: plugin/pkg/admission/storage/{storageclass/setdefault,storageobjectinuseprotection}.
enum StorageAdmission {
    /// Marks the class of claims that name none.
    static let defaultClass = "storageclass.kubernetes.io/is-default-class"

    private static let finalizers = [
        "persistentvolumeclaims": "kubernetes.io/pvc-protection", "persistentvolumes": "kubernetes.io/pv-protection",
    ]

    /// Adds the finalizer that keeps what is in use, and the default class to a claim that names none: of several the
    /// newest.
    static func apply(to object: inout JSONValue, _ definition: ResourceDefinition, classes: [JSONView]) {
        guard definition.group.isEmpty, let finalizer = finalizers[definition.plural] else { return }
        let present = object[path: "metadata", "finalizers"]?.strings ?? []
        if !present.contains(finalizer) {
            object[path: ["metadata", "finalizers"]] = JSONValue(present + [finalizer])
        }
        guard definition.plural == "persistentvolumeclaims", object[path: "spec", "storageClassName"] == nil else {
            return
        }
        let defaults = classes.map { ObjectMeta(of: $0) }.filter { $0.annotations[defaultClass] == "true" }
        let newest = defaults.max {
            ($0.creationTimestamp ?? .epoch, $1.name) < ($1.creationTimestamp ?? .epoch, $0.name)
        }
        if let newest { object[path: ["spec", "storageClassName"]] = JSONValue(newest.name) }
    }
}
