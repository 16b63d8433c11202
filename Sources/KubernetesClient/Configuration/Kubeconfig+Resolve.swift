internal import HTTPTransport
internal import JSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Kubeconfig {
    /// The configuration of a context, or of the current one. Throws ``ConfigurationError`` with file and field.
    func resolve(context: String?) throws(ConfigurationError) -> ClientConfiguration {
        let list = files.joined(separator: ", ")
        guard let name = context ?? currentContext ?? (contexts.count == 1 ? contexts.keys.first : nil) else {
            throw ConfigurationError("\(list): there is no current-context; choose one with --context")
        }
        guard let found = contexts[name] else {
            let known = contexts.keys.sorted().joined(separator: ", ")
            throw ConfigurationError("\(list): there is no context \"\(name)\"; there are: \(known)")
        }
        let clusterName = found.value["cluster"]?.string ?? ""
        guard let cluster = clusters[clusterName] else {
            throw ConfigurationError("\(list): context \"\(name)\" names the unknown cluster \"\(clusterName)\"")
        }
        guard let server = cluster.value["server"]?.string, !server.isEmpty else {
            throw ConfigurationError("\(cluster.file): cluster \"\(clusterName)\" has no server")
        }
        var user: Entry?
        var credentials = Credentials.none
        var headers: [(String, String)] = []
        if let userName = found.value["user"]?.string, !userName.isEmpty {
            guard let found = users[userName] else {
                throw ConfigurationError("\(list): context \"\(name)\" names the unknown user \"\(userName)\"")
            }
            let what = "user \"\(userName)\""
            user = found
            credentials = try Self.credentials(found, what, cluster)
            headers = try Self.impersonation(found, what)
        }
        var configuration = ClientConfiguration(
            server: server, tls: try Self.tls(cluster, user), credentials: credentials,
            namespace: found.value["namespace"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "default",
            proxy: cluster.value["proxy-url"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            origin: "context \"\(name)\" of \(list)")
        configuration.headers = headers
        configuration.reloadTLS = { [user] in try Self.tls(cluster, user) }
        return configuration
    }

    /// Whom to trust and the client certificate, from files where the entries name files.
    private static func tls(_ cluster: Entry, _ user: Entry?) throws(ConfigurationError) -> TLSOptions {
        var tls = try trust(cluster, "cluster \"\(cluster.name)\"")
        guard let user else { return tls }
        tls.clientCertificatePEM = try material(user, "client-certificate", "user \"\(user.name)\"")
        tls.clientKeyPEM = try material(user, "client-key", "user \"\(user.name)\"")
        return tls
    }

    /// Source: kubernetes.io/docs, "User impersonation".
    private static func impersonation(_ user: Entry, _ what: String) throws(ConfigurationError) -> [(String, String)] {
        var fields: [(String, String)] = []
        if let name = user.value["as"]?.string, !name.isEmpty { fields.append(("Impersonate-User", name)) }
        if let uid = user.value["as-uid"]?.string, !uid.isEmpty { fields.append(("Impersonate-Uid", uid)) }
        for group in user.value["as-groups"]?.elements ?? [] {
            if let name = group.string { fields.append(("Impersonate-Group", name)) }
        }
        guard user.value["as-user-extra"]?.isNull ?? true else {
            throw ConfigurationError("\(user.file): \(what): as-user-extra is not supported; remove it")
        }
        return fields
    }

    private static func trust(_ cluster: Entry, _ what: String) throws(ConfigurationError) -> TLSOptions {
        var tls = TLSOptions()
        tls.insecure = cluster.value["insecure-skip-tls-verify"]?.bool ?? false
        tls.serverName = cluster.value["tls-server-name"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        if let authority = try material(cluster, "certificate-authority", what) {
            guard !tls.insecure else {
                throw ConfigurationError(
                    "\(cluster.file): \(what) has a certificate-authority and insecure-skip-tls-verify; remove one")
            }
            tls.certificateAuthority = .pem(authority)
        }
        return tls
    }

    /// `<field>-data` in base64, or the file that `<field>` names.
    private static func material(_ entry: Entry, _ field: String, _ what: String) throws(ConfigurationError) -> [UInt8]?
    {
        if let text = entry.value["\(field)-data"]?.string, !text.isEmpty {
            guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters), !data.isEmpty else {
                throw ConfigurationError("\(entry.file): \(what): \(field)-data is not base64")
            }
            return [UInt8](data)
        }
        guard let path = entry.value[field]?.string, !path.isEmpty else { return nil }
        return try SmallFile.read(SmallFile.resolve(path, in: entry.folder))
    }

    private static func credentials(_ user: Entry, _ what: String, _ cluster: Entry) throws(ConfigurationError)
        -> Credentials
    {
        func text(_ field: String) -> String? { user.value[field]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        if let path = text("tokenFile") { return .tokenFile(SmallFile.resolve(path, in: user.folder)) }
        if let token = text("token") { return .token(token) }
        if let name = text("username") { return .basic(user: name, password: text("password") ?? "") }
        if let exec = user.value["exec"], !exec.isNull { return .exec(try plugin(exec, user, what, cluster)) }
        guard user.value["auth-provider"] == nil else {
            throw ConfigurationError(
                "\(user.file): \(what): auth-provider is not supported, as in kubectl since 1.26; use exec instead")
        }
        return .none
    }

    private static func plugin(_ exec: JSONValue, _ user: Entry, _ what: String, _ cluster: Entry)
        throws(ConfigurationError) -> ExecPlugin
    {
        guard let command = exec["command"]?.string, !command.isEmpty else {
            throw ConfigurationError("\(user.file): \(what): exec.command is missing")
        }
        let version = exec["apiVersion"]?.string ?? ""
        guard ExecCredential.supportedVersions.contains(version) else {
            let known = ExecCredential.supportedVersions.joined(separator: " or ")
            throw ConfigurationError("\(user.file): \(what): exec.apiVersion must be \(known), not \"\(version)\"")
        }
        var environment: [String: String] = [:]
        for variable in exec["env"]?.elements ?? [] {
            if let name = variable["name"]?.string { environment[name] = variable["value"]?.string ?? "" }
        }
        return ExecPlugin(
            // A command with a slash is a path relative to the file, any other is found in PATH.
            command: command.contains("/") ? SmallFile.resolve(command, in: user.folder) : command,
            arguments: exec["args"]?.elements.compactMap(\.string) ?? [], environment: environment,
            apiVersion: version,
            clusterInfo: exec["provideClusterInfo"]?.bool == true ? cluster.value.text : nil,
            installHint: exec["installHint"]?.string ?? "")
    }
}
