import Cryptography

/// What stays the same over all runs of a cluster, so that kubeconfigs, tokens and addresses stay good.
struct ClusterFacts: Sendable {
    var authority: CertificateAuthority
    /// Signs the tokens of service accounts.
    var tokenKey: [UInt8]
    /// The port of the last run; 0 if there was none.
    var port: Int

    /// Those of the cluster in `file`, or new ones, which are kept there. Throws
    /// ``LocalAPIServer/ConfigurationError`` if the cluster had another block of services before.
    init(keptIn file: ClusterFile?, services: IPv4Block) async throws {
        let new = try CertificateAuthority.make(commonName: "kubedl-local-ca")
        var facts = [
            "ca.crt": new.certificatePEM, "ca.key": new.key.pem, "token.key": try RandomBytes.make(32),
            "services": Array(services.description.utf8),
        ]
        if let file { facts = try await file.facts(facts) }
        func text(_ name: String) -> String { String(decoding: facts[name] ?? [], as: UTF8.self) }
        guard text("services") == services.description else {
            throw LocalAPIServer.ConfigurationError(
                description:
                    "the services of this cluster have addresses of \(text("services")), which are not to be had "
                    + "now (\(services) are): start it with the --pod-network that it had before")
        }
        authority = try CertificateAuthority(
            certificatePEM: facts["ca.crt"] ?? [], keyPEM: facts["ca.key"] ?? [])
        tokenKey = facts["token.key"] ?? []
        port = Int(text("port")) ?? 0
    }
}
