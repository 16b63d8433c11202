internal import HTTPTransport
internal import KubernetesModel

/// Keeps the credentials of one configuration fresh.
///
/// An actor because a plugin must run once, however many requests wait for it.
actor CredentialSource {
    /// What a request needs.
    struct Ticket: Sendable, Hashable {
        /// The value of the `Authorization` field, if any.
        var authorization: String?
        /// A client certificate and key in place of the configuration's.
        var certificatePEM: [UInt8]?
        var keyPEM: [UInt8]?
    }

    /// How long a token file's content is used before it is read again, as in client-go.
    static let fileLifetime = Duration.seconds(60)
    /// How long before its end a plugin's credential is renewed.
    static let expirationMargin = Duration.seconds(30)

    private let credentials: Credentials
    private let time: TimeSource
    private let runPlugin: @Sendable (ExecPlugin) async throws -> ExecCredential
    private var fileToken: (token: String, readAt: Duration)?
    private var fromPlugin: ExecCredential?
    private var isRunning = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(
        _ credentials: Credentials, time: TimeSource,
        runPlugin: @escaping @Sendable (ExecPlugin) async throws -> ExecCredential = { try await $0.run() }
    ) {
        self.credentials = credentials
        self.time = time
        self.runPlugin = runPlugin
    }

    /// Forgets credentials that the server refused, unless they were replaced meanwhile.
    func refused(_ ticket: Ticket) {
        if let token = fileToken, "Bearer \(token.token)" == ticket.authorization { fileToken = nil }
        if let credential = fromPlugin, Self.ticket(credential) == ticket { fromPlugin = nil }
    }

    /// The credentials for a request. Throws ``ConfigurationError``.
    func ticket() async throws -> Ticket {
        switch credentials {
        case .none: return Ticket()
        case .token(let token): return Ticket(authorization: "Bearer \(token)")
        case .basic(let user, let password):
            return Ticket(authorization: "Basic " + Base64.encode(Array("\(user):\(password)".utf8)))
        case .tokenFile(let path): return try fileTicket(path)
        case .exec(let plugin): return try await pluginTicket(plugin)
        }
    }

    private func fileTicket(_ path: String) throws(ConfigurationError) -> Ticket {
        let now = time.now()
        if let known = fileToken, now - known.readAt < Self.fileLifetime {
            return Ticket(authorization: "Bearer \(known.token)")
        }
        do throws(ConfigurationError) {
            let token = String(decoding: try SmallFile.read(path), as: UTF8.self).filter { !$0.isWhitespace }
            guard !token.isEmpty else { throw ConfigurationError("\(path) is empty; it must hold a bearer token") }
            fileToken = (token, now)
            return Ticket(authorization: "Bearer \(token)")
        } catch {
            // The kubelet swaps the file; the old token is good for a while.
            guard let known = fileToken else { throw error }
            return Ticket(authorization: "Bearer \(known.token)")
        }
    }

    private func pluginTicket(_ plugin: ExecPlugin) async throws -> Ticket {
        while true {
            if let credential = fromPlugin, isFresh(credential) { return Self.ticket(credential) }
            guard isRunning else { break }
            await withCheckedContinuation { waiters.append($0) }
        }
        isRunning = true
        defer {
            isRunning = false
            for waiter in waiters { waiter.resume() }
            waiters = []
        }
        let credential = try await runPlugin(plugin)
        fromPlugin = credential
        return Self.ticket(credential)
    }

    private func isFresh(_ credential: ExecCredential) -> Bool {
        credential.expiration.map { time.wallClock() + Self.expirationMargin < $0 } ?? true
    }

    private static func ticket(_ credential: ExecCredential) -> Ticket {
        Ticket(
            authorization: credential.token.map { "Bearer \($0)" }, certificatePEM: credential.certificatePEM,
            keyPEM: credential.keyPEM)
    }
}
