import JSON
import KubernetesModel
import Serving

/// Who makes a request, as `authentication.k8s.io` UserInfo.
struct RequestUser: Sendable, Equatable {
    var name: String
    var groups: [String]

    /// The user of a verified client certificate: common name and organizations.
    static func certificate(commonName: String, organizations: [String]) -> RequestUser {
        RequestUser(name: commonName, groups: organizations + ["system:authenticated"])
    }

    /// A caller without credentials.
    static let anonymous = RequestUser(name: "system:anonymous", groups: ["system:unauthenticated"])
    /// The server itself, for what its own background tasks do.
    static let server = RequestUser(name: "system:apiserver", groups: ["system:masters"])

    var isAnonymous: Bool { groups.contains("system:unauthenticated") }
    /// May do everything.
    var isAdministrator: Bool { groups.contains("system:masters") }

    /// The user that `Impersonate-` headers name (`kubectl --as`), or this one without them.
    ///
    /// Throws 403 for anyone but administrators, 400 for groups without a user.
    func acting(as headers: HeaderFields) throws(StatusBody) -> RequestUser {
        let groups = headers.values("Impersonate-Group")
        guard let wanted = headers["Impersonate-User"], !wanted.isEmpty else {
            if groups.isEmpty { return self }
            throw .badRequest("requested groups \(groups) for impersonation without a user")
        }
        guard isAdministrator else {
            throw StatusBody(
                code: 403, reason: "Forbidden",
                message: "users \"\(wanted)\" is forbidden: User \"\(name)\" cannot impersonate resource \"users\"")
        }
        return RequestUser(name: wanted, groups: groups + ["system:authenticated"])
    }

    /// The `userInfo` of an AdmissionReview.
    var json: JSONValue {
        JSONValue.object([("username", JSONValue(name)), ("groups", JSONValue(groups.map { JSONValue($0) }))])
    }
}
