import JSON
import KubernetesModel

/// A resource and the key of an object in it.
package struct ObjectID: Hashable, Sendable {
    package var resource: GroupResource
    package var key: ObjectKey

    package init(resource: GroupResource, key: ObjectKey) {
        self.resource = resource
        self.key = key
    }
}

/// One stored object: its JSON with `metadata.resourceVersion` equal to `revision`.
package struct StoredObject: Sendable {
    package let key: ObjectKey
    package let document: JSONDocument
    /// Revision of the write that made this state.
    package let revision: UInt64

    package var json: JSONView { document.root }
    /// An editable copy.
    package var value: JSONValue { JSONValue(document) }
    package var uid: String { json[path: "metadata", "uid"]?.string ?? "" }
    package var isTerminating: Bool { json[path: "metadata", "deletionTimestamp"]?.string != nil }
    package var finalizers: [String] { json[path: "metadata", "finalizers"]?.elements.compactMap(\.string) ?? [] }

    /// `(uid, name)` of every owner reference.
    package var owners: [StoredOwner] {
        json[path: "metadata", "ownerReferences"]?.elements.map { StoredOwner($0) } ?? []
    }

    package init(key: ObjectKey, document: JSONDocument, revision: UInt64) {
        self.key = key
        self.document = document
        self.revision = revision
    }
}

/// An entry of `metadata.ownerReferences`.
package struct StoredOwner: Sendable, Equatable {
    package var apiVersion: String
    package var kind: String
    package var name: String
    package var uid: String
    package var blocksOwnerDeletion: Bool

    package init(_ json: JSONView) {
        apiVersion = json["apiVersion"]?.string ?? ""
        kind = json["kind"]?.string ?? ""
        name = json["name"]?.string ?? ""
        uid = json["uid"]?.string ?? ""
        blocksOwnerDeletion = json["blockOwnerDeletion"]?.bool ?? false
    }
}

/// One change of a stored object.
package struct StoreEvent: Sendable {
    package enum Kind: Sendable { case added, modified, deleted }

    package let kind: Kind
    /// The state after the change; for a deletion the last state with the deletion's resourceVersion.
    package let object: StoredObject
    /// The state before the change.
    package let previous: StoredObject?

    package var revision: UInt64 { object.revision }
}
