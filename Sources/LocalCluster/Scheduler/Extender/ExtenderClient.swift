internal import FoundationEssentials
internal import HTTPTransport
internal import JSON
internal import KubernetesModel

/// Why an extender could not be asked, or did not answer as the protocol says.
struct ExtenderFailure: Error, CustomStringConvertible {
    /// What happened: the extender's own words where it gave any, else its URL and the problem.
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
                insecure: configuration.tls.isInsecure || (configuration.usesHTTPS && authority == nil)))
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
        guard result.error.isEmpty else { throw ExtenderFailure(description: result.error) }
        let given = Set(nodes.map(\.node.name))
        if let stranger = result.nodeNames.first(where: { !given.contains($0) }) {
            throw ExtenderFailure(
                description: "extender \"\(configuration.urlPrefix)\" claims a filtered node \"\(stranger)\" which is "
                    + "not found in the input node list")
        }
        return result
    }

    /// Scores by node, 0...10 from an extender that keeps to the protocol.
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
        if let problem { throw ExtenderFailure(description: problem) }
    }

    /// The nodes on which the extender allows preemption, with the victims that it wants, out of the pods on `nodes`.
    func preempt(
        _ pod: SchedulablePod, _ victims: [NodeVictims], among nodes: [NodeState], verb: String
    ) async throws -> [NodeVictims] {
        let body = ExtenderProtocol.preemptionArguments(
            pod: pod.document.root, victims: victims, identifiersOnly: configuration.isNodeCacheCapable)
        let answer = try await call(verb, body)
        let result: [(node: String, uids: [String], violations: Int)]
        do { result = try ExtenderProtocol.preemptionResult(json: answer.root) } catch {
            throw failure(verb, "answered \(answer.text.prefix(200)): \(error)")
        }
        return try result.map { entry in
            guard let node = nodes.first(where: { $0.node.name == entry.node }) else {
                throw failure(verb, "names node \"\(entry.node)\", which does not exist")
            }
            let pods = try entry.uids.map { uid in
                guard let pod = node.pods.first(where: { $0.uid == uid }) else {
                    throw ExtenderFailure(
                        description:
                            "extender: \(configuration.urlPrefix) claims to preempt pod (UID: \(uid)) on node: "
                            + "\(entry.node), but the pod is not found on that node")
                }
                return pod
            }
            return NodeVictims(node: entry.node, pods: pods, violations: entry.violations)
        }
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
                throw ExtenderFailure(
                    description: "failed \(verb) with extender at URL \(configuration.url(of: verb)), "
                        + "code \(response.status)")
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
