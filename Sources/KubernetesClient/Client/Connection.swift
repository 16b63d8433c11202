internal import HTTPTransport
import Synchronization

/// Sends requests with the credentials of a configuration, and once more with fresh ones after a refusal.
final class Connection: Sendable {
    let configuration: ClientConfiguration
    private let credentials: CredentialSource
    private let userAgent: String
    /// The configuration's certificates as read last, and the client for those in use: a plugin may bring others.
    private let current: Mutex<(read: TLSOptions, tls: TLSOptions, client: HTTPClient)>

    init(_ configuration: ClientConfiguration, userAgent: String, time: TimeSource) {
        self.configuration = configuration
        self.userAgent = userAgent
        credentials = CredentialSource(configuration.credentials, time: time)
        current = Mutex(
            (configuration.tls, configuration.tls, HTTPClient(tls: configuration.tls, proxy: configuration.proxy)))
    }

    func close() { current.withLock { $0.client.close() } }

    func send(_ request: HTTPRequest) async throws(APIError) -> HTTPResponse {
        try await perform(request, { (client, request) async throws(HTTPError) in try await client.send(request) }) {
            $0.status
        }
    }

    func stream(_ request: HTTPRequest) async throws(APIError) -> HTTPStream {
        try await perform(request, { (client, request) async throws(HTTPError) in try await client.stream(request) }) {
            $0.status
        }
    }

    private func perform<Response: Sendable>(
        _ request: HTTPRequest, _ body: (HTTPClient, HTTPRequest) async throws(HTTPError) -> Response,
        _ status: (Response) -> Int
    ) async throws(APIError) -> Response {
        let first = try await ticket()
        let response: Response
        do throws(APIError) { response = try await attempt(request, first, body) } catch {
            guard error.transport?.code == .tls, hasNewCertificates() else { throw error }
            return try await attempt(request, first, body)
        }
        guard status(response) == 401 else { return response }
        let isNew = hasNewCertificates()
        await credentials.refused(first)
        let second = try await ticket()
        return second == first && !isNew ? response : try await attempt(request, second, body)
    }

    /// Whether the files of certificates hold others than before, which are used from now on. Files that cannot be read
    /// are being replaced.
    private func hasNewCertificates() -> Bool {
        guard let tls = try? configuration.reloadTLS?() else { return false }
        return current.withLock { current in
            defer { current.read = tls }
            return current.read != tls
        }
    }

    private func ticket() async throws(APIError) -> CredentialSource.Ticket {
        do { return try await credentials.ticket() } catch {
            throw APIError(message: "no credentials for \(configuration.server): \(error)", retry: .backoff)
        }
    }

    private func attempt<Response>(
        _ request: HTTPRequest, _ ticket: CredentialSource.Ticket,
        _ body: (HTTPClient, HTTPRequest) async throws(HTTPError) -> Response
    ) async throws(APIError) -> Response {
        var request = request
        request.url = configuration.server + request.url
        request.headers += [("User-Agent", userAgent)] + configuration.headers
        if let authorization = ticket.authorization { request.headers.append(("Authorization", authorization)) }
        do { return try await body(client(for: ticket), request) } catch { throw APIError(error) }
    }

    private func client(for ticket: CredentialSource.Ticket) -> HTTPClient {
        current.withLock { current in
            var tls = current.read
            if let certificate = ticket.certificatePEM {
                tls.clientCertificatePEM = certificate
                tls.clientKeyPEM = ticket.keyPEM
            }
            // Requests in flight keep the old client alive.
            if current.tls != tls {
                current.tls = tls
                current.client = HTTPClient(tls: tls, proxy: configuration.proxy)
            }
            return current.client
        }
    }
}
