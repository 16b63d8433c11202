import KubernetesModel

/// Failures of requests, worded as kube-apiserver words them. Source: k8s.io/apimachinery pkg/api/errors.
extension StatusBody {
    /// 404 for an object: `pods "x" not found`.
    static func notFound(_ resource: GroupResource, name: String) -> StatusBody { .notFound(resource.type, name) }

    /// 409 for a name that is taken.
    static func alreadyExists(_ resource: GroupResource, name: String) -> StatusBody {
        .alreadyExists(resource.type, name)
    }

    /// 409 for a stale resourceVersion.
    static func conflict(_ resource: GroupResource, name: String) -> StatusBody { .conflict(resource.type, name) }

    /// 409 for a failed precondition, or a state that does not allow the operation.
    static func conflict(_ resource: GroupResource, name: String, _ why: String) -> StatusBody {
        .conflict(resource.type, name, why)
    }

    /// 403.
    static func forbidden(_ resource: GroupResource, name: String, _ why: String) -> StatusBody {
        .forbidden(resource.type, name, why)
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

    /// A request that the HTTP layer refused.
    static func refused(_ code: Int, _ message: String) -> StatusBody {
        let reasons = [400: "BadRequest", 408: "Timeout", 413: "RequestEntityTooLarge", 503: "ServiceUnavailable"]
        return StatusBody(code: code, reason: reasons[code] ?? "", message: message)
    }

    /// 501 for what this server knows of and does not do.
    static func notImplemented(_ what: String) -> StatusBody {
        StatusBody(code: 501, reason: "NotImplemented", message: "the local API server does not serve \(what)")
    }
}

extension GroupResource {
    /// What messages say of the resource: no more than its group and plural.
    fileprivate var type: ResourceType {
        ResourceType(group: group, version: "", plural: plural, kind: "", isNamespaced: true)
    }
}
