import JSON
import KubernetesModel

/// What somebody wants to do, as an authorizer sees it. Source: k8s.io/apiserver authorization/authorizer.Attributes.
struct AccessRequest: Sendable, Equatable {
    var user: RequestUser
    var verb: String
    var group = ""
    var resource = ""
    var subresource = ""
    var namespace = ""
    var name = ""
    /// For requests that are about no resource, such as `/metrics`.
    var path: String?

    init(user: RequestUser, verb: String) {
        self.user = user
        self.verb = verb
    }

    /// A request to a resource. A list or watch of one object by `metadata.name` is about that object, so that rules with
    /// `resourceNames` can allow it. Source: k8s.io/apiserver endpoints/request/requestinfo.go.
    init(_ path: ResourcePath, method: String, isWatch: Bool, fieldSelector: String? = nil, user: RequestUser) {
        self.user = user
        let isNamed = path.name != nil
        verb =
            switch method {
            case "GET", "HEAD": isWatch ? "watch" : isNamed ? "get" : "list"
            case "POST": "create"
            case "PUT": "update"
            case "PATCH": "patch"
            case "DELETE": isNamed ? "delete" : "deletecollection"
            default: method.lowercased()
            }
        group = path.group
        resource = path.plural
        subresource = path.subresource ?? ""
        namespace = path.namespace ?? ""
        name = path.name ?? ""
        if verb == "list" || verb == "watch", name.isEmpty, let fieldSelector,
            let selector = try? FieldSelector(parsing: fieldSelector),
            let term = selector.terms.first(where: { $0.field == "metadata.name" && !$0.isNegated })
        {
            name = term.value
        }
        // A namespace is a resource of its own.
        if resource == "namespaces", group.isEmpty { namespace = name }
    }

    /// The resource as rules name it: `pods` or `pods/log`.
    var resourceText: String { subresource.isEmpty ? resource : "\(resource)/\(subresource)" }

    /// 403 in the server's words. Source: k8s.io/apiserver endpoints/handlers/responsewriters/errors.go.
    var refusal: StatusBody {
        if let path {
            return StatusBody(
                code: 403, reason: "Forbidden",
                message: "forbidden: User \"\(user.name)\" cannot \(verb) path \"\(path)\"", details: .init())
        }
        let place = namespace.isEmpty ? "at the cluster scope" : "in the namespace \"\(namespace)\""
        return .forbidden(
            GroupResource(group: group, plural: resource), name: name,
            "User \"\(user.name)\" cannot \(verb) resource \"\(resourceText)\" in API group \"\(group)\" \(place)")
    }
}
