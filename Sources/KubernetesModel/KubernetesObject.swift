package import JSON

/// A typed window on a part of a Kubernetes object: it reads fields from the JSON when asked and decodes nothing before.
package protocol KubernetesView: Sendable {
    /// The JSON value that is read.
    var json: JSONView { get }
    /// A window on `json`. Never fails: a field of another type than expected reads as absent.
    init(json: JSONView)
}

extension KubernetesView {
    /// A window on a whole document.
    package init(_ document: JSONDocument) {
        self.init(json: document.root)
    }

    /// A window on an edited value, which is written out and indexed anew. Throws `JSONError` past the size limits.
    package init(_ value: JSONValue) throws {
        self.init(json: try value.document().root)
    }

    /// The views of the elements of the array `key`; empty if absent.
    func views<View: KubernetesView>(_ key: String, as type: View.Type = View.self) -> [View] {
        guard let array = json[key] else { return [] }
        return array.elements.map { View(json: $0) }
    }

    /// The strings of the array `key`; elements of other types are left out.
    func strings(_ key: String) -> [String] {
        guard let array = json[key] else { return [] }
        return array.elements.compactMap(\.string)
    }

    /// The view of the object `key`; nil if absent or null.
    func view<View: KubernetesView>(_ key: String, as type: View.Type = View.self) -> View? {
        guard let value = json[key], !value.isNull else { return nil }
        return View(json: value)
    }
}

/// A Kubernetes object of one resource type, read by view. Changes leave as patches of its JSON; it is never re-encoded.
package protocol KubernetesObject: KubernetesView {
    /// The resource that the object belongs to.
    static var resource: ResourceType { get }
}

extension KubernetesObject {
    /// The object's metadata; every field reads as empty if there is none.
    package var metadata: ObjectMeta { ObjectMeta(of: json) }
    /// `metadata.name`; empty if absent (an object that is to be named by `generateName`).
    package var name: String { metadata.name }
    /// `metadata.namespace`; nil for cluster-scoped objects.
    package var namespace: String? { metadata.namespace }
    /// The object's own `kind`, or that of its resource when the text has none (as inside lists).
    package var kind: String { json["kind"]?.string ?? Self.resource.kind }
    /// The object's own `apiVersion`, or that of its resource when the text has none (as inside lists).
    package var apiVersion: String { json["apiVersion"]?.string ?? Self.resource.apiVersion }
    /// Namespace and name.
    package var key: ObjectKey { metadata.key }

    /// A reference to the object, as events carry.
    package var reference: ObjectReference {
        ObjectReference(
            apiVersion: apiVersion, kind: kind, namespace: namespace, name: name, uid: metadata.uid,
            resourceVersion: metadata.resourceVersion)
    }

    /// An owner reference to the object that marks it as the controller and blocks foreground deletion on it.
    package var controllerReference: OwnerReference {
        OwnerReference(
            apiVersion: apiVersion, kind: kind, name: name, uid: metadata.uid, controller: true,
            blockOwnerDeletion: true)
    }
}

/// Any object, when only its metadata matters.
package struct AnyObjectView: KubernetesView {
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// The object's metadata.
    package var metadata: ObjectMeta { ObjectMeta(of: json) }
    /// Namespace and name.
    package var key: ObjectKey { metadata.key }
    /// `kind`, empty if absent.
    package var kind: String { json["kind"]?.string ?? "" }
    /// `apiVersion`, empty if absent.
    package var apiVersion: String { json["apiVersion"]?.string ?? "" }
}
