import Serving

/// What the path of a request names.
///
/// Source: k8s.io/apiserver pkg/endpoints/request/requestinfo.go.
enum RequestPath: Sendable, Equatable {
    /// A collection, an object or a subresource of one.
    case resource(ResourcePath)
    /// `/api`
    case coreVersions
    /// `/apis`
    case groups
    /// `/apis/GROUP`
    case group(String)
    /// `/api/v1` or `/apis/GROUP/VERSION`
    case groupVersion(group: String, version: String)
    /// Anything else, such as `/healthz`; without a trailing slash.
    case other(String)

    /// Reads a raw (percent-encoded) path without its query.
    init(_ path: String) {
        let parts = path.split(separator: "/").map { PercentEncoding.decode($0) }
        switch parts.first {
        case "api": self = Self.inGroup("", Array(parts.dropFirst()), path)
        case "apis" where parts.count > 1: self = Self.inGroup(parts[1], Array(parts.dropFirst(2)), path)
        case "apis": self = .groups
        default: self = .other("/" + parts.joined(separator: "/"))
        }
    }

    private static func inGroup(_ group: String, _ rest: [String], _ path: String) -> RequestPath {
        guard let version = rest.first else { return group.isEmpty ? .coreVersions : .group(group) }
        var parts = rest.dropFirst()
        guard !parts.isEmpty else { return .groupVersion(group: group, version: version) }
        var resource = ResourcePath(group: group, version: version, plural: "")
        if parts.first == "watch" {
            resource.isLegacyWatch = true
            parts = parts.dropFirst()
        }
        if parts.first == "namespaces", parts.count > 1 {
            let second = parts[parts.startIndex + 1]
            let third = parts.count > 2 ? parts[parts.startIndex + 2] : nil
            if let third, group.isEmpty == false || (third != "status" && third != "finalize") {
                resource.namespace = second
                parts = parts.dropFirst(2)
            } else {
                resource.namespace = nil
            }
        }
        guard let plural = parts.first else { return .other(path) }
        resource.plural = plural
        resource.name = parts.dropFirst().first
        resource.subresource = parts.dropFirst(2).first
        guard parts.count <= 3 else { return .other(path) }
        return .resource(resource)
    }
}

/// The parts of a resource request's path.
struct ResourcePath: Sendable, Equatable {
    var group: String
    var version: String
    var namespace: String?
    var plural: String
    var name: String?
    var subresource: String?
    /// The path has the deprecated `/watch/` segment.
    var isLegacyWatch = false

    /// `v1` or `apps/v1`.
    var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    var groupResource: GroupResource { GroupResource(group: group, plural: plural) }
}
