internal import JSON
internal import KubernetesModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a credential plugin prints. Source: client.authentication.k8s.io/v1 ExecCredential.
struct ExecCredential: Sendable, Hashable {
    static let supportedVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

    var token: String?
    var certificatePEM: [UInt8]?
    var keyPEM: [UInt8]?
    /// When it ends; `nil` means with this process or the first refusal.
    var expiration: Timestamp?

    /// Reads the plugin's output. Throws ``ConfigurationError`` without ever quoting the output, which is secret.
    init(parsing output: [UInt8], of plugin: ExecPlugin) throws(ConfigurationError) {
        let problem = "the credential plugin \(plugin.command) printed"
        guard let root = try? JSONDocument(parsing: output).root else {
            throw ConfigurationError("\(problem) no JSON; it must print an ExecCredential")
        }
        guard root["kind"]?.string == "ExecCredential", root["apiVersion"]?.string == plugin.apiVersion else {
            throw ConfigurationError("\(problem) something other than an ExecCredential of \(plugin.apiVersion)")
        }
        func text(_ name: String) -> String? { root["status"]?[name]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        token = text("token")
        certificatePEM = text("clientCertificateData").map { Array($0.utf8) }
        keyPEM = text("clientKeyData").map { Array($0.utf8) }
        guard (certificatePEM == nil) == (keyPEM == nil) else {
            throw ConfigurationError("\(problem) a client certificate without its key, or a key without certificate")
        }
        guard token != nil || certificatePEM != nil else {
            throw ConfigurationError("\(problem) neither a token nor a client certificate")
        }
        if let moment = text("expirationTimestamp") {
            guard let parsed = Timestamp(moment) else {
                throw ConfigurationError("\(problem) an expirationTimestamp that is not RFC 3339")
            }
            expiration = parsed
        }
    }

    /// What a plugin is told in `KUBERNETES_EXEC_INFO`.
    static func request(_ plugin: ExecPlugin) -> String {
        var spec: [(String, JSONValue)] = [("interactive", false)]
        if let text = plugin.clusterInfo, let info = try? JSONValue(parsing: text) { spec.append(("cluster", info)) }
        let request = JSONValue.object([
            ("kind", "ExecCredential"), ("apiVersion", JSONValue(plugin.apiVersion)), ("spec", .object(spec)),
        ])
        return request.text
    }
}
