import HTTPTransport
import KubernetesModel
import Synchronization

/// Sends AdmissionReviews over TLS. Connections are kept by authority and server name.
final class WebhookCaller: Sendable {
    /// Host and port behind a service; nil if there is none.
    typealias Resolver = @Sendable (_ namespace: String, _ name: String, _ port: Int) -> (host: String, port: Int)?

    private struct ClientKey: Hashable {
        var authority: [UInt8]?
        var serverName: String?
    }

    private let resolve: Resolver
    private let clients = Mutex<[(key: ClientKey, client: HTTPClient)]>([])
    /// Most authorities whose connections are kept.
    private static let clientLimit = 16
    /// Largest answer in bytes.
    private static let answerLimit = 3 * 1024 * 1024

    init(resolve: @escaping Resolver) { self.resolve = resolve }

    /// The bytes of the answer. Throws if it cannot be had in time or is not 200.
    func call(_ client: WebhookClient, _ review: [UInt8], timeoutSeconds: Int) async throws(WebhookFailure) -> [UInt8] {
        let (url, serverName) = try address(of: client)
        let request = HTTPRequest(
            method: "POST", url: url + (url.contains("?") ? "&" : "?") + "timeout=\(timeoutSeconds)s",
            headers: [("Content-Type", "application/json"), ("Accept", "application/json")], body: review,
            timeout: .seconds(timeoutSeconds), maximumResponseBytes: Self.answerLimit)
        do {
            let response = try await self.client(client.authority, serverName).send(request)
            guard response.status == 200 else {
                let text = String(decoding: response.body.prefix(256), as: UTF8.self)
                throw WebhookFailure(
                    "failed to call webhook: Post \"\(request.url)\": status \(response.status): \(text)")
            }
            return response.body
        } catch let error as WebhookFailure {
            throw error
        } catch {
            throw WebhookFailure("failed to call webhook: Post \"\(request.url)\": \(error)")
        }
    }

    private func address(of client: WebhookClient) throws(WebhookFailure) -> (url: String, serverName: String?) {
        switch client.target {
        case .url(let url): return (url, nil)
        case .service(let namespace, let name, let port, let path):
            guard let found = resolve(namespace, name, port) else {
                throw WebhookFailure("failed to call webhook: service \"\(name)\" not found")
            }
            let path = path.hasPrefix("/") ? path : "/" + path
            return ("https://\(found.host):\(found.port)\(path)", "\(name).\(namespace).svc")
        }
    }

    private func client(_ authority: [UInt8]?, _ serverName: String?) -> HTTPClient {
        let key = ClientKey(authority: authority, serverName: serverName)
        return clients.withLock { clients in
            if let index = clients.firstIndex(where: { $0.key == key }) { return clients[index].client }
            let client = HTTPClient(
                tls: TLSOptions(
                    certificateAuthority: authority.map { .pem($0) } ?? .system, serverName: serverName))
            clients.append((key, client))
            if clients.count > Self.clientLimit { clients.removeFirst().client.close() }
            return client
        }
    }

    /// Closes all connections.
    func close() {
        for entry in clients.withLock({ $0 }) { entry.client.close() }
    }
}
