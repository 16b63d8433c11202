import KubernetesModel

/// Failures of requests, worded as kube-apiserver words them. Source: k8s.io/apimachinery pkg/api/errors.
extension StatusBody {
    private static func about(_ resource: GroupResource, _ name: String) -> Details {
        Details(name: name, group: resource.group, kind: resource.plural)
    }

    /// 404 for an object: `pods "x" not found`.
    static func notFound(_ resource: GroupResource, name: String) -> StatusBody {
        StatusBody(
            code: 404, reason: "NotFound", message: "\(resource) \"\(name)\" not found", details: about(resource, name))
    }

    /// 409 for a name that is taken.
    static func alreadyExists(_ resource: GroupResource, name: String) -> StatusBody {
        StatusBody(
            code: 409, reason: "AlreadyExists", message: "\(resource) \"\(name)\" already exists",
            details: about(resource, name))
    }

    /// 409 for a stale resourceVersion, a failed precondition, or a state that does not allow the operation.
    static func conflict(_ resource: GroupResource, name: String, _ why: String = staleObject) -> StatusBody {
        StatusBody(
            code: 409, reason: "Conflict",
            message: "Operation cannot be fulfilled on \(resource) \"\(name)\": \(why)", details: about(resource, name))
    }

    /// The text of a stale resourceVersion.
    static let staleObject =
        "the object has been modified; please apply your changes to the latest version and try again"

    /// 403.
    static func forbidden(_ resource: GroupResource, name: String, _ why: String) -> StatusBody {
        let object = name.isEmpty ? "\(resource)" : "\(resource) \"\(name)\""
        return StatusBody(
            code: 403, reason: "Forbidden", message: "\(object) is forbidden: \(why)", details: about(resource, name))
    }

    /// 422 with every problem.
    static func invalid(_ definition: ResourceDefinition, name: String, _ errors: [FieldError]) -> StatusBody {
        .invalid(
            ResourceType(
                group: definition.group, version: definition.version, plural: definition.plural, kind: definition.kind,
                isNamespaced: definition.isNamespaced), name, errors)
    }

    /// 410 for a resourceVersion that the watch history no longer reaches.
    static func expired(requested: UInt64, oldest: UInt64) -> StatusBody {
        .expired("too old resource version: \(requested) (\(oldest))")
    }

    /// 415 for a body that is in no format this server reads.
    static func unreadableBody(accepted: [String]) -> StatusBody {
        .unsupportedMediaType(
            "the body of the request was in an unknown format - accepted media types include: "
                + accepted.joined(separator: ", "))
    }

    /// 501 for what this server knows of and does not do.
    static func notImplemented(_ what: String) -> StatusBody {
        StatusBody(code: 501, reason: "NotImplemented", message: "the local API server does not serve \(what)")
    }
}
