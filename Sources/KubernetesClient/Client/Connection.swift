internal import HTTPTransport
import Synchronization

/// Sends requests with the credentials of a configuration, and once more with fresh ones after a refusal.
final class Connection: Sendable {
    let configuration: ClientConfiguration
    private let credentials: CredentialSource
    private let userAgent: String
    /// The client for the client certificate in use; a plugin may bring a new certificate.
    private let current: Mutex<(tls: TLSOptions, client: HTTPClient)>

    init(_ configuration: ClientConfiguration, userAgent: String, time: TimeSource) {
        self.configuration = configuration
        self.userAgent = userAgent
        credentials = CredentialSource(configuration.credentials, time: time)
        current = Mutex((configuration.tls, HTTPClient(tls: configuration.tls, proxy: configuration.proxy)))
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
        let response = try await attempt(request, first, body)
        guard status(response) == 401, credentials.canRefresh else { return response }
        await credentials.refused(first)
        let second = try await ticket()
        return second == first ? response : try await attempt(request, second, body)
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
        guard let certificate = ticket.certificatePEM else { return current.withLock { $0.client } }
        var tls = configuration.tls
        tls.clientCertificatePEM = certificate
        tls.clientKeyPEM = ticket.keyPEM
        return current.withLock { current in
            // Requests in flight keep the old client alive.
            if current.tls != tls { current = (tls, HTTPClient(tls: tls, proxy: configuration.proxy)) }
            return current.client
        }
    }
}
