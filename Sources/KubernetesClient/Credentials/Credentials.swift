/// How a client says who it is, beyond the client certificate in its TLS options.
package enum Credentials: Sendable, Hashable {
    /// Only the client certificate, or nothing.
    case none
    /// A bearer token.
    case token(String)
    /// A file with a bearer token, read again every minute and after a refusal.
    case tokenFile(String)
    /// A user name and a password.
    case basic(user: String, password: String)
    /// A program that prints a token or a client certificate.
    case exec(ExecPlugin)
}

/// A credential plugin of a kubeconfig. Source: client.authentication.k8s.io/v1.
package struct ExecPlugin: Sendable, Hashable {
    /// The program: a name to be found in `PATH`, or a path.
    package var command: String
    /// Its arguments.
    package var arguments: [String]
    /// Environment variables in addition to our own.
    package var environment: [String: String]
    /// The version of the protocol, such as `client.authentication.k8s.io/v1`.
    package var apiVersion: String
    /// The cluster as JSON for `spec.cluster`, when the plugin wants it.
    package var clusterInfo: String?
    /// What to tell the user when the program is missing.
    package var installHint: String

    /// A plugin from its parts.
    package init(
        command: String, arguments: [String] = [], environment: [String: String] = [:],
        apiVersion: String = "client.authentication.k8s.io/v1", clusterInfo: String? = nil, installHint: String = ""
    ) {
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.apiVersion = apiVersion
        self.clusterInfo = clusterInfo
        self.installHint = installHint
    }
}
