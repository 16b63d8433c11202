/// The server's usual outcomes in its own words. Source: apimachinery pkg/api/errors.
extension StatusBody {
    private static func about(_ type: ResourceType, _ name: String) -> Details {
        Details(name: name, group: type.group, kind: type.plural)
    }

    /// 404: the object is not there.
    package static func notFound(_ type: ResourceType, _ name: String) -> StatusBody {
        StatusBody(
            code: 404, reason: "NotFound", message: "\(type.qualifiedPlural) \"\(name)\" not found",
            details: about(type, name))
    }

    /// 404: no such path.
    package static func pathNotFound() -> StatusBody {
        StatusBody(
            code: 404, reason: "NotFound", message: "the server could not find the requested resource",
            details: Details())
    }

    /// 409: the name is taken.
    package static func alreadyExists(_ type: ResourceType, _ name: String) -> StatusBody {
        StatusBody(
            code: 409, reason: "AlreadyExists", message: "\(type.qualifiedPlural) \"\(name)\" already exists",
            details: about(type, name))
    }

    /// 409: the object changed meanwhile, or a precondition does not hold.
    package static func conflict(
        _ type: ResourceType, _ name: String,
        _ problem: String =
            "the object has been modified; please apply your changes to the latest version and try again"
    ) -> StatusBody {
        StatusBody(
            code: 409, reason: "Conflict",
            message: "Operation cannot be fulfilled on \(type.qualifiedPlural) \"\(name)\": \(problem)",
            details: about(type, name))
    }

    /// 422: fields are wrong; all of them are listed.
    package static func invalid(_ type: ResourceType, _ name: String, _ errors: [FieldError]) -> StatusBody {
        let texts = errors.map(\.description)
        let list = texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ", ") + "]"
        let kind = type.group.isEmpty ? type.kind : "\(type.kind).\(type.group)"
        return StatusBody(
            code: 422, reason: "Invalid", message: "\(kind) \"\(name)\" is invalid: \(list)",
            details: Details(
                name: name, group: type.group, kind: type.kind,
                causes: errors.map { Cause(field: $0.path.description, reason: $0.kind.reason, message: $0.body) }))
    }

    /// 400: the request cannot be understood.
    package static func badRequest(_ message: String) -> StatusBody {
        StatusBody(code: 400, reason: "BadRequest", message: message)
    }

    /// 401: who asks is not known.
    package static func unauthorized(_ message: String = "Unauthorized") -> StatusBody {
        StatusBody(code: 401, reason: "Unauthorized", message: message)
    }

    /// 403: the request is not allowed.
    package static func forbidden(_ type: ResourceType, _ name: String, _ problem: String) -> StatusBody {
        let object = name.isEmpty ? type.qualifiedPlural : "\(type.qualifiedPlural) \"\(name)\""
        return StatusBody(
            code: 403, reason: "Forbidden", message: "\(object) is forbidden: \(problem)", details: about(type, name))
    }

    /// 405: the resource has no such verb.
    package static func methodNotAllowed(
        _ message: String = "the server does not allow this method on the requested resource"
    ) -> StatusBody {
        StatusBody(code: 405, reason: "MethodNotAllowed", message: message, details: Details())
    }

    /// 406: no format that the client accepts.
    package static func notAcceptable(_ message: String) -> StatusBody {
        StatusBody(code: 406, reason: "NotAcceptable", message: message, details: Details())
    }

    /// 410: the resourceVersion is too old to go on from.
    package static func expired(_ message: String) -> StatusBody {
        StatusBody(code: 410, reason: "Expired", message: message)
    }

    /// 413: the request is too large.
    package static func tooLarge(_ message: String) -> StatusBody {
        StatusBody(code: 413, reason: "RequestEntityTooLarge", message: message)
    }

    /// 415: the body is of a type that is not read.
    package static func unsupportedMediaType(_ message: String) -> StatusBody {
        StatusBody(code: 415, reason: "UnsupportedMediaType", message: message, details: Details())
    }

    /// 429: too many requests; try again later.
    package static func tooManyRequests(_ message: String, retryAfterSeconds: Int) -> StatusBody {
        StatusBody(
            code: 429, reason: "TooManyRequests", message: message,
            details: Details(retryAfterSeconds: retryAfterSeconds))
    }

    /// 500: the server failed.
    package static func internalError(_ message: String) -> StatusBody {
        StatusBody(
            code: 500, reason: "InternalError", message: "Internal error occurred: \(message)",
            details: Details(causes: [Cause(field: "", reason: "", message: message)]))
    }

    /// 504: the request took too long.
    package static func timeout(_ message: String) -> StatusBody {
        StatusBody(code: 504, reason: "Timeout", message: message, details: Details())
    }

    /// 200: done.
    package static func success(_ type: ResourceType, _ name: String, uid: String) -> StatusBody {
        StatusBody(
            code: 200, reason: "", message: "",
            details: Details(name: name, group: type.group, kind: type.plural, uid: uid))
    }
}
