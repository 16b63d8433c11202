/// A resource of the Kubernetes API: where its objects are found and what they are called.
package struct ResourceType: Hashable, Sendable, CustomStringConvertible {
    /// The API group; empty for the core group.
    package var group: String
    /// The version, such as `v1`.
    package var version: String
    /// The plural name in paths, lower case.
    package var plural: String
    /// The kind of its objects.
    package var kind: String
    /// Whether its objects live in namespaces.
    package var isNamespaced: Bool

    /// A resource type from its parts.
    package init(group: String, version: String, plural: String, kind: String, isNamespaced: Bool = true) {
        self.group = group
        self.version = version
        self.plural = plural
        self.kind = kind
        self.isNamespaced = isNamespaced
    }

    /// What objects carry as `apiVersion`: `group/version`, or only the version in the core group.
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// `plural.group`, as in error messages and `kubectl` arguments; only `plural` in the core group.
    package var qualifiedPlural: String { group.isEmpty ? plural : "\(plural).\(group)" }

    /// The plural name with the version, for logs.
    package var description: String { "\(apiVersion)/\(plural)" }

    /// The kind of a list of its objects.
    package var listKind: String { kind + "List" }

    /// The path of the group and version: `/api/v1` or `/apis/<group>/<version>`.
    package var groupVersionPath: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }

    /// The request path of the collection, of one object, or of a subresource of it. Parts are percent-encoded.
    ///
    /// A nil `namespace` addresses all namespaces (lists and watches) or a cluster-scoped object. The namespace is
    /// ignored for cluster-scoped resources, and `subresource` when there is no name.
    package func path(namespace: String? = nil, name: String? = nil, subresource: String? = nil) -> String {
        var path = groupVersionPath
        if isNamespaced, let namespace { path += "/namespaces/" + Self.encoded(namespace) }
        path += "/" + plural
        guard let name else { return path }
        path += "/" + Self.encoded(name)
        if let subresource { path += "/" + subresource }
        return path
    }

    /// The request path of the object `key`, or of a subresource of it.
    package func path(_ key: ObjectKey, subresource: String? = nil) -> String {
        path(namespace: key.namespace, name: key.name, subresource: subresource)
    }

    /// Percent-encodes everything but the unreserved characters of RFC 3986 and `:`, which names of roles contain.
    private static func encoded(_ segment: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in segment.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
