import JSON
import KubernetesModel

/// Role-based access control on the stored roles and bindings.
///
/// Source: plugin/pkg/auth/authorizer/rbac and pkg/apis/rbac/v1/evaluation_helpers.go.
struct AccessRules: Sendable {
    let store: Store

    /// Throws 403 in the server's words.
    func check(_ request: AccessRequest) throws(StatusBody) {
        guard allows(request) else { throw request.refusal }
    }

    /// Administrators may do everything, others what a bound role says.
    func allows(_ request: AccessRequest) -> Bool {
        if request.user.isAdministrator { return true }
        return rules(for: request.user, in: request.namespace).contains { Self.covers($0, request) }
    }

    /// The rules that hold for a user in a namespace; an empty one stands for the whole cluster.
    func rules(for user: RequestUser, in namespace: String) -> [JSONView] {
        var bindings = store.list(.clusterRoleBindings).objects
        if !namespace.isEmpty { bindings += store.list(.roleBindings, namespace: namespace).objects }
        return bindings.flatMap { binding -> [JSONView] in
            let subjects = binding.json["subjects"]?.elements.map { $0 } ?? []
            guard subjects.contains(where: { Self.isSubject($0, user, in: binding.key.namespace ?? "") }) else {
                return []
            }
            let name = binding.json[path: "roleRef", "name"]?.string ?? ""
            let isLocal = binding.json[path: "roleRef", "kind"]?.string == "Role"
            let key = ObjectKey(namespace: isLocal ? binding.key.namespace : nil, name: name)
            return store.get(isLocal ? .roles : .clusterRoles, key)?.json["rules"]?.elements.map { $0 } ?? []
        }
    }

    private static func isSubject(_ subject: JSONView, _ user: RequestUser, in namespace: String) -> Bool {
        let name = subject["name"]?.string ?? ""
        switch subject["kind"]?.string {
        case "User": return name == user.name
        case "Group": return user.groups.contains(name)
        case "ServiceAccount":
            let own = subject["namespace"]?.string ?? namespace
            return user.name == "system:serviceaccount:\(own):\(name)"
        default: return false
        }
    }

    static func covers(_ rule: JSONView, _ request: AccessRequest) -> Bool {
        func lists(_ field: String, _ value: String) -> Bool {
            rule[field]?.elements.contains { $0.stringEquals("*") || $0.string == value } ?? false
        }
        guard lists("verbs", request.verb) else { return false }
        if let path = request.path {
            return rule["nonResourceURLs"]?.elements.contains { pattern in
                let text = pattern.string ?? ""
                return text == path || text.hasSuffix("*") && path.hasPrefix(text.dropLast())
            } ?? false
        }
        guard lists("apiGroups", request.group) else { return false }
        let wanted = request.resourceText
        let isListed =
            rule["resources"]?.elements.contains { resource in
                let text = resource.string ?? ""
                return text == "*" || text == wanted
                    || !request.subresource.isEmpty && text == "*/\(request.subresource)"
            } ?? false
        guard isListed else { return false }
        guard let names = rule["resourceNames"], !names.isEmpty else { return true }
        return names.elements.contains { $0.string == request.name }
    }
}
