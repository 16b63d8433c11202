import JSON

/// Who makes a request, as `authentication.k8s.io` UserInfo.
package struct RequestUser: Sendable, Equatable {
    package var name: String
    package var groups: [String]

    package init(name: String, groups: [String]) {
        self.name = name
        self.groups = groups
    }

    /// The user of a verified client certificate: common name and organizations.
    package static func certificate(commonName: String, organizations: [String]) -> RequestUser {
        RequestUser(name: commonName, groups: organizations + ["system:authenticated"])
    }

    /// A caller without credentials.
    package static let anonymous = RequestUser(name: "system:anonymous", groups: ["system:unauthenticated"])
    /// The server itself, for what its own background tasks do.
    package static let server = RequestUser(name: "system:apiserver", groups: ["system:masters"])

    package var isAnonymous: Bool { groups.contains("system:unauthenticated") }
    /// May do everything.
    package var isAdministrator: Bool { groups.contains("system:masters") }

    /// The `userInfo` of an AdmissionReview.
    package var json: JSONValue {
        JSONValue.object([("username", JSONValue(name)), ("groups", JSONValue(groups.map { JSONValue($0) }))])
    }
}
