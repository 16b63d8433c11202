package import JSON

/// A reference to an object that another one depends on. Source: metav1.OwnerReference.
package struct OwnerReference: Hashable, Sendable {
    /// The owner's API version, such as `apps/v1`.
    package var apiVersion: String
    /// The owner's kind.
    package var kind: String
    /// The owner's name; it is in the same namespace or cluster-scoped.
    package var name: String
    /// The owner's unique id: an object of the same name with another id is not the owner.
    package var uid: String
    /// Whether the owner manages the object.
    package var controller: Bool
    /// Whether foreground deletion of the owner waits for the object.
    package var blockOwnerDeletion: Bool

    /// A reference from its parts.
    package init(
        apiVersion: String, kind: String, name: String, uid: String, controller: Bool = false,
        blockOwnerDeletion: Bool = false
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.controller = controller
        self.blockOwnerDeletion = blockOwnerDeletion
    }

    /// Reads a reference; absent fields are empty.
    package init(json: JSONView) {
        self.init(
            apiVersion: json["apiVersion"]?.string ?? "", kind: json["kind"]?.string ?? "",
            name: json["name"]?.string ?? "", uid: json["uid"]?.string ?? "",
            controller: json["controller"]?.bool ?? false, blockOwnerDeletion: json["blockOwnerDeletion"]?.bool ?? false
        )
    }

    /// The API group of the owner; empty for the core group.
    package var group: String {
        apiVersion.firstIndex(of: "/").map { String(apiVersion[..<$0]) } ?? ""
    }

    /// The reference as it stands in `metadata.ownerReferences`.
    package var value: JSONValue {
        var value: JSONValue = [
            "apiVersion": JSONValue(apiVersion), "kind": JSONValue(kind), "name": JSONValue(name),
            "uid": JSONValue(uid),
        ]
        if controller { value["controller"] = true }
        if blockOwnerDeletion { value["blockOwnerDeletion"] = true }
        return value
    }
}
