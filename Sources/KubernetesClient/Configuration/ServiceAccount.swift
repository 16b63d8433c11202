internal import HTTPTransport

/// The service account that a pod is given. Source: kubernetes.io/docs, "Accessing the Kubernetes API from a Pod".
enum ServiceAccount {
    /// Where the kubelet puts token, certificate authority and namespace.
    static let folder = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// The configuration of a pod. Throws ``ConfigurationError`` when the files are missing.
    static func configuration(host: String, port: String, folder: String) throws(ConfigurationError)
        -> ClientConfiguration
    {
        let trust: @Sendable () throws(ConfigurationError) -> TLSOptions = { () throws(ConfigurationError) in
            TLSOptions(certificateAuthority: .pem(try SmallFile.read("\(folder)/ca.crt")))
        }
        let token = "\(folder)/token"
        _ = try SmallFile.read(token)
        let namespace = try SmallFile.readIfPresent("\(folder)/namespace")
            .map { String(decoding: $0, as: UTF8.self).filter { !$0.isWhitespace } }
        var configuration = ClientConfiguration(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
            tls: try trust(), credentials: .tokenFile(token),
            namespace: namespace.flatMap { $0.isEmpty ? nil : $0 } ?? "default", origin: "service account \(folder)")
        configuration.reloadTLS = trust
        return configuration
    }
}
