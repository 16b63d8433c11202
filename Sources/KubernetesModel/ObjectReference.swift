package import JSON

/// A reference to any object, as events carry. Source: core/v1 ObjectReference.
package struct ObjectReference: Hashable, Sendable {
    /// The API version.
    package var apiVersion: String
    /// The kind.
    package var kind: String
    /// The namespace; nil for cluster-scoped objects.
    package var namespace: String?
    /// The name.
    package var name: String
    /// The unique id; empty if unknown.
    package var uid: String
    /// The version that was observed; empty if unknown.
    package var resourceVersion: String
    /// The part that is meant, such as `spec.containers{main}`; empty for the whole object.
    package var fieldPath: String

    /// A reference from its parts.
    package init(
        apiVersion: String, kind: String, namespace: String?, name: String, uid: String = "",
        resourceVersion: String = "", fieldPath: String = ""
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.fieldPath = fieldPath
    }

    /// Reads a reference; absent fields are empty.
    package init(json: JSONView) {
        self.init(
            apiVersion: json["apiVersion"]?.string ?? "", kind: json["kind"]?.string ?? "",
            namespace: json["namespace"]?.string.flatMap { $0.isEmpty ? nil : $0 }, name: json["name"]?.string ?? "",
            uid: json["uid"]?.string ?? "", resourceVersion: json["resourceVersion"]?.string ?? "",
            fieldPath: json["fieldPath"]?.string ?? "")
    }

    /// Namespace and name.
    package var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }

    /// The reference as it stands in an event; empty fields are left out.
    package var value: JSONValue {
        let fields = [
            ("apiVersion", apiVersion), ("kind", kind), ("namespace", namespace ?? ""), ("name", name), ("uid", uid),
            ("resourceVersion", resourceVersion), ("fieldPath", fieldPath),
        ]
        return .object(fields.filter { !$0.1.isEmpty }.map { ($0.0, JSONValue($0.1)) })
    }
}
