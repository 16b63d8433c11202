internal import FoundationEssentials
internal import HTTPTransport
internal import JSON
internal import KubernetesModel

/// Why an extender could not be asked, or did not answer as the protocol says.
struct ExtenderFailure: Error, CustomStringConvertible {
    /// Which extender, which verb, and what happened.
    var description: String
}

/// Asks one extender over HTTP(S).
final class ExtenderClient: Sendable {
    /// How it is reached and what it is asked.
    let configuration: ExtenderConfiguration
    private let http: HTTPClient

    /// Reads certificates. Throws ``ExtenderFailure`` naming the file that cannot be read.
    init(configuration: ExtenderConfiguration) throws {
        self.configuration = configuration
        func load(_ material: ExtenderConfiguration.Material?) throws -> [UInt8]? {
            switch material {
            case nil: return nil
            case .data(let bytes): return bytes
            case .file(let path):
                do { return Array(try Data(contentsOf: URL(filePath: path))) } catch {
                    throw ExtenderFailure(
                        description: "cannot read \(path) of extender \(configuration.urlPrefix): \(error)")
                }
            }
        }
        let authority = try load(configuration.tls.authority)
        http = HTTPClient(
            tls: TLSOptions(
                certificateAuthority: authority.map { .pem($0) } ?? .system,
                clientCertificatePEM: try load(configuration.tls.certificate),
                clientKeyPEM: try load(configuration.tls.key), serverName: configuration.tls.serverName,
                insecure: configuration.tls.isInsecure))
    }

    /// The nodes that pass, and why others do not.
    func filter(_ pod: SchedulablePod, _ nodes: [NodeState], verb: String) async throws
        -> ExtenderProtocol.FilterResult
    {
        let answer = try await call(verb, arguments(pod, nodes))
        let result: ExtenderProtocol.FilterResult
        do {
            result = try .init(json: answer.root, namesOnly: configuration.isNodeCacheCapable)
        } catch { throw failure(verb, "answered \(answer.text.prefix(200)): \(error)") }
        guard result.error.isEmpty else { throw failure(verb, result.error) }
        return result
    }

    /// Scores 0...10 by node.
    func prioritize(_ pod: SchedulablePod, _ nodes: [NodeState], verb: String) async throws -> [String: Int] {
        let answer = try await call(verb, arguments(pod, nodes))
        do { return try ExtenderProtocol.scores(json: answer.root) } catch {
            throw failure(verb, "answered \(answer.text.prefix(200)): \(error)")
        }
    }

    /// Lets the extender bind the pod.
    func bind(_ pod: SchedulablePod, to node: String, verb: String) async throws {
        let body = ExtenderProtocol.bindingArguments(
            podName: pod.key.name, namespace: pod.key.namespace ?? "", uid: pod.uid, node: node)
        let answer = try await call(verb, body)
        let problem: String?
        do { problem = try ExtenderProtocol.bindingError(json: answer.root) } catch {
            throw failure(verb, "answered \(answer.text.prefix(200)): \(error)")
        }
        if let problem { throw failure(verb, problem) }
    }

    /// Stops all calls.
    func close() { http.close() }

    private func arguments(_ pod: SchedulablePod, _ nodes: [NodeState]) -> [UInt8] {
        ExtenderProtocol.arguments(
            pod: pod.document.root, nodes: nodes.map { ($0.node.name, $0.node.json) },
            namesOnly: configuration.isNodeCacheCapable)
    }

    private func call(_ verb: String, _ body: [UInt8]) async throws -> JSONDocument {
        let request = HTTPRequest(
            method: "POST", url: configuration.url(of: verb),
            headers: [("Content-Type", "application/json"), ("Accept", "application/json")], body: body,
            timeout: configuration.timeout)
        do {
            let response = try await http.send(request)
            guard response.status == 200 else {
                let text = String(decoding: response.body.prefix(200), as: UTF8.self)
                throw failure(verb, "answered with status \(response.status): \(text)")
            }
            return try JSONDocument(parsing: response.body)
        } catch let error as ExtenderFailure {
            throw error
        } catch {
            throw failure(verb, "\(error)")
        }
    }

    private func failure(_ verb: String, _ problem: String) -> ExtenderFailure {
        ExtenderFailure(description: "extender \(configuration.url(of: verb)): \(problem)")
    }
}
