/// One HTTP request, as a value.
///
/// Every request has a total deadline. Redirects are not followed unless ``maximumRedirects`` allows them, and only
/// the listed ``protocols`` are ever spoken, also after a redirect.
package struct HTTPRequest: Sendable {
    /// A protocol that a request may use.
    package enum Scheme: String, Sendable, CaseIterable {
        case http, https
        /// Files by FTP (RFC 959). `ftps` with no port or 990 speaks TLS from the start, with another one after
        /// `AUTH TLS` (RFC 4217).
        case ftp, ftps
        /// Files over ssh.
        case sftp

        /// Whether requests have methods and header fields, and answers a status.
        var isHTTP: Bool { self == .http || self == .https }
        /// Whether ``TLSOptions`` play a part.
        var usesTLS: Bool { self == .https || self == .ftps }
        var defaultPort: Int {
            switch self {
            case .http: 80
            case .https: 443
            case .ftp: 21
            case .ftps: 990
            case .sftp: 22
            }
        }
    }

    /// Who the client is on a file server.
    package struct Login: Sendable {
        /// The user's name.
        package var user: String
        /// The password.
        package var password: String?
        /// The path of a private key for `sftp`.
        package var privateKeyFile: String?
        /// The path of the file with the hosts that are known; nobody else is talked to over `sftp`.
        package var knownHostsFile: String?

        /// A user; what is nil is not used.
        package init(
            user: String, password: String? = nil, privateKeyFile: String? = nil, knownHostsFile: String? = nil
        ) {
            self.user = user
            self.password = password
            self.privateKeyFile = privateKeyFile
            self.knownHostsFile = knownHostsFile
        }
    }

    /// The method in upper case, such as `GET`.
    package var method: String
    /// The absolute URL, already percent-encoded.
    package var url: String
    /// Header fields in order. `Content-Length`, `Host` and `Accept` are added when missing.
    package var headers: [(String, String)]
    /// The body; `nil` sends none.
    package var body: [UInt8]?
    /// The total time from now to the last byte of the response; must be positive. 30 seconds by default.
    package var timeout: Duration
    /// The longest time without a byte in either direction; `nil` leaves only ``timeout``. The time during which a
    /// stream's consumer makes the sender wait does not count.
    package var idleTimeout: Duration?
    /// The most bytes of body that a response may have. 64 MiB by default.
    package var maximumResponseBytes: Int
    /// How many redirects to follow, only for `GET` and `HEAD`. 0 (the default) hands the redirect to the caller.
    package var maximumRedirects: Int
    /// Who the client is, for `ftp`, `ftps` and `sftp` only; nil is anonymous.
    package var login: Login?
    /// The first byte to fetch, for `ftp`, `ftps` and `sftp` only; HTTP has `Range`.
    package var firstByte = 0
    /// What may be spoken, also after a redirect. A redirect never goes from https to http.
    package var protocols: [Scheme]
    /// Whether ``HTTPClient/send(_:)`` goes on when its task is cancelled, for what must be tidied up at the end, such
    /// as giving up a lease. The deadline still holds.
    package var ignoresCancellation = false

    /// Describes a request. Nothing is checked until it is sent.
    package init(
        method: String = "GET", url: String, headers: [(String, String)] = [], body: [UInt8]? = nil,
        timeout: Duration = .seconds(30), idleTimeout: Duration? = nil, maximumResponseBytes: Int = 64 << 20,
        maximumRedirects: Int = 0, protocols: [Scheme] = [.http, .https]
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.idleTimeout = idleTimeout
        self.maximumResponseBytes = maximumResponseBytes
        self.maximumRedirects = maximumRedirects
        self.protocols = protocols
    }
}
