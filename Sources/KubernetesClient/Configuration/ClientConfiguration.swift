package import HTTPTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where an API server is, how to trust it and who we are.
package struct ClientConfiguration: Sendable {
    /// The server's URL without a slash at its end, such as `https://10.0.0.1:6443`.
    package var server: String
    /// How to trust the server, and the client certificate.
    package var tls: TLSOptions
    /// Reads ``tls`` anew from the files that it came from, which are replaced when certificates are rotated. Asked
    /// after a failed handshake and after a 401; `nil` when there are no files.
    package var reloadTLS: (@Sendable () throws -> TLSOptions)?
    /// Who we are, beyond the certificate.
    package var credentials: Credentials
    /// The namespace to use when none is named; `default` unless the context or service account says otherwise.
    package var namespace: String
    /// Header fields for each request, such as those that act as another user.
    package var headers: [(String, String)] = []
    /// The URL of a proxy, in place of the environment's.
    package var proxy: String?
    /// Where this came from, for messages.
    package var origin: String

    /// A configuration from its parts.
    package init(
        server: String, tls: TLSOptions = TLSOptions(), credentials: Credentials = .none,
        namespace: String = "default", proxy: String? = nil, origin: String = "explicit configuration"
    ) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.tls = tls
        self.credentials = credentials
        self.namespace = namespace
        self.proxy = proxy
        self.origin = origin
    }

    /// Finds the configuration as kubectl does: the file `kubeconfig` if given, else those that `KUBECONFIG` lists,
    /// else `~/.kube/config`; without any of them, the service account of the pod that we run in.
    ///
    /// `context` names a context other than the current one. Throws ``ConfigurationError``.
    package static func load(kubeconfig: String? = nil, context: String? = nil) throws(ConfigurationError)
        -> ClientConfiguration
    {
        try load(
            kubeconfig: kubeconfig, context: context, environment: ProcessInfo.processInfo.environment,
            serviceAccount: ServiceAccount.folder)
    }

    /// The same with the environment and the service account's folder as values.
    package static func load(
        kubeconfig: String?, context: String?, environment: [String: String], serviceAccount: String
    ) throws(ConfigurationError) -> ClientConfiguration {
        let merged = try Kubeconfig.load(explicit: kubeconfig, environment: environment)
        if let merged, !merged.isEmpty || kubeconfig != nil { return try merged.resolve(context: context) }
        if let host = environment["KUBERNETES_SERVICE_HOST"], let port = environment["KUBERNETES_SERVICE_PORT"] {
            return try ServiceAccount.configuration(host: host, port: port, folder: serviceAccount)
        }
        throw ConfigurationError(
            "there is no kubeconfig (--kubeconfig, $KUBECONFIG, ~/.kube/config) and this process does not run in a pod; "
                + "name a kubeconfig with --kubeconfig")
    }
}
