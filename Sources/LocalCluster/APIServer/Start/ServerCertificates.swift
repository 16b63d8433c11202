import Cryptography
import FoundationEssentials

/// The certificates of a local cluster, as PEM: authority, server, administrator.
struct ServerCertificates: Sendable {
    var authority: [UInt8]
    var server: IssuedCertificate
    var administrator: IssuedCertificate

    /// Makes certificates for the administrator, for `host` and for the names of the `kubernetes` service.
    static func make(
        authority: CertificateAuthority, host: String, serviceAddress: String
    ) throws -> ServerCertificates {
        let addresses = ["127.0.0.1", serviceAddress] + (IPv4Block.number(host) == nil ? [] : [host])
        let names = [
            "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
        ]
        return ServerCertificates(
            authority: authority.certificatePEM,
            server: try authority.issueServer(
                commonName: "kube-apiserver", dnsNames: names, ipAddresses: Array(Set(addresses)).sorted()),
            administrator: try authority.issueClient(commonName: "kubernetes-admin", organizations: ["system:masters"]))
    }

    /// Writes `ca.crt`, `server.crt`, `server.key`, `admin.crt` and `admin.key`; keys are for the owner only.
    func write(to directory: String) throws {
        let files = FileManager.default
        try files.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for (name, bytes, mode) in [
            ("ca.crt", authority, 0o644), ("server.crt", server.chainPEM, 0o644), ("server.key", server.keyPEM, 0o600),
            ("admin.crt", administrator.chainPEM, 0o644), ("admin.key", administrator.keyPEM, 0o600),
        ] {
            let path = directory + "/" + name
            if files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
            guard files.createFile(atPath: path, contents: Data(bytes), attributes: [.posixPermissions: mode]) else {
                throw CertificateFileError(path: path)
            }
        }
    }
}

/// A certificate file that could not be written.
struct CertificateFileError: Error, CustomStringConvertible {
    var path: String
    var description: String { "cannot write \(path); check that its folder is writable" }
}
