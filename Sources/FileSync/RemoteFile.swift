import Cryptography
import HTTPTransport

/// A file on a server: how to ask for it from a given byte on.
struct RemoteFile: Sendable {
    var url: String
    var secretDirectory: String?
    /// How requests are signed; nil for none.
    var signing: SignatureV4?
    var allowsPlainText: Bool

    var address: String { String(url.prefix { $0 != "?" && $0 != "#" }) }
    private var scheme: HTTPRequest.Scheme { HTTPRequest.Scheme(rawValue: String(url.prefix { $0 != ":" })) ?? .https }
    private var isHTTP: Bool { scheme == .https || scheme == .http }

    /// The request for the bytes from `offset` on, if the file is still the one that `validator` tells.
    /// Throws ``SyncError`` when the credentials cannot be read.
    func request(from offset: Int, validator: String?, limits: SyncLimits) throws(SyncError) -> HTTPRequest {
        let secrets = try SourceSecrets(folder: secretDirectory)
        var headers = [("Accept-Encoding", "identity"), ("User-Agent", "kubedl-sync")]
        if offset > 0, isHTTP {
            headers.append(("Range", "bytes=\(offset)-"))
            if let validator { headers.append(("If-Range", validator)) }
        }
        if let signing {
            headers += try signing.headers(for: url, secrets: secrets)
        } else if isHTTP, let token = secrets.token {
            headers.append(("Authorization", "Bearer \(token)"))
        } else if isHTTP, let password = secrets.password {
            headers.append(
                ("Authorization", "Basic " + Base64.encodeText(Array("\(secrets.username ?? ""):\(password)".utf8))))
        }
        var request = HTTPRequest(
            url: url, headers: headers, timeout: limits.fileDeadline, idleTimeout: limits.idleTimeout,
            maximumResponseBytes: limits.maximumFileBytes, maximumRedirects: isHTTP && signing == nil ? 5 : 0,
            protocols: isHTTP ? (allowsPlainText ? [.https, .http] : [.https]) : [scheme])
        if !isHTTP {
            request.firstByte = offset
            request.login = try login(secrets)
        }
        return request
    }

    private func login(_ secrets: SourceSecrets) throws(SyncError) -> HTTPRequest.Login? {
        let hosts = secrets.path("known_hosts")
        guard scheme != .sftp || hosts != nil else {
            throw SyncError(
                .configuration,
                "sftp without known hosts talks to anybody: add the key known_hosts to the Secret of secretRef, for "
                    + "example from ssh-keyscan, compared with what the host publishes.")
        }
        guard let user = secrets.username else {
            guard scheme == .sftp else { return nil }
            throw SyncError(.configuration, "\(address): the Secret of secretRef needs the key username.")
        }
        return HTTPRequest.Login(
            user: user, password: secrets.password, privateKeyFile: secrets.path("ssh-privatekey"),
            knownHostsFile: hosts)
    }
}
