import JSON
import KubernetesModel

/// A resource and the key of an object in it.
struct ObjectID: Hashable, Sendable {
    var resource: GroupResource
    var key: ObjectKey

    init(resource: GroupResource, key: ObjectKey) {
        self.resource = resource
        self.key = key
    }
}

/// One stored object: its JSON with `metadata.resourceVersion` equal to `revision`.
struct StoredObject: Sendable {
    let key: ObjectKey
    let document: JSONDocument
    /// Revision of the write that made this state.
    let revision: UInt64

    var json: JSONView { document.root }
    /// An editable copy.
    var value: JSONValue { JSONValue(document) }
    var uid: String { json[path: "metadata", "uid"]?.string ?? "" }
    var isTerminating: Bool { json[path: "metadata", "deletionTimestamp"]?.string != nil }
    var finalizers: [String] { json[path: "metadata", "finalizers"]?.elements.compactMap(\.string) ?? [] }

    /// `(uid, name)` of every owner reference.
    var owners: [StoredOwner] {
        json[path: "metadata", "ownerReferences"]?.elements.map { StoredOwner($0) } ?? []
    }

    /// The same state with the resourceVersion of a later write; nil if that cannot be written.
    func shown(at revision: UInt64) -> JSONView? {
        var value = value
        value[path: ["metadata", "resourceVersion"]] = JSONValue(String(revision))
        return try? value.document().root
    }

    init(key: ObjectKey, document: JSONDocument, revision: UInt64) {
        self.key = key
        self.document = document
        self.revision = revision
    }
}

/// An entry of `metadata.ownerReferences`.
struct StoredOwner: Sendable, Equatable {
    var apiVersion: String
    var kind: String
    var name: String
    var uid: String
    var blocksOwnerDeletion: Bool

    init(_ json: JSONView) {
        apiVersion = json["apiVersion"]?.string ?? ""
        kind = json["kind"]?.string ?? ""
        name = json["name"]?.string ?? ""
        uid = json["uid"]?.string ?? ""
        blocksOwnerDeletion = json["blockOwnerDeletion"]?.bool ?? false
    }
}

/// One change of a stored object.
struct StoreEvent: Sendable {
    enum Kind: Sendable { case added, modified, deleted }

    let kind: Kind
    /// The state after the change; for a deletion the last state with the deletion's resourceVersion.
    let object: StoredObject
    /// The state before the change.
    let previous: StoredObject?

    var revision: UInt64 { object.revision }
}
