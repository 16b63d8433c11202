internal import JSON
internal import Placement
package import Serving

/// The scheduler extender protocol over HTTP: `POST /scheduler/filter`, `/scheduler/prioritize` and `/scheduler/bind`.
///
/// `filter` and `prioritize` only read. What is malformed is answered with 400 and a text that says where; a call
/// before the snapshot is complete with 503.
package struct ExtenderService: Sendable {
    /// The path in front of the verbs.
    package static let prefix = "/scheduler/"

    private let state: ClusterState
    private let binder: Binder
    private let health: HealthEndpoints
    private let metrics: ExtenderMetrics
    private let requiresPeer: Bool
    private let isReady: @Sendable () -> Bool

    /// A service over the given state. With `requiresPeer`, the verbs need a verified client certificate.
    package init(
        state: ClusterState, binder: Binder, registry: MetricsRegistry, requiresPeer: Bool = false,
        isReady: @escaping @Sendable () -> Bool
    ) {
        self.init(
            state: state, binder: binder, registry: registry, metrics: ExtenderMetrics(registry),
            requiresPeer: requiresPeer, isReady: isReady)
    }

    init(
        state: ClusterState, binder: Binder, registry: MetricsRegistry, metrics: ExtenderMetrics, requiresPeer: Bool,
        checks: [HealthEndpoints.Check] = [], isReady: @escaping @Sendable () -> Bool
    ) {
        self.state = state
        self.binder = binder
        self.metrics = metrics
        self.requiresPeer = requiresPeer
        self.isReady = isReady
        let check = HealthEndpoints.Check(name: "snapshot") {
            isReady() ? nil : "nodes and pods have not been read yet"
        }
        health = HealthEndpoints(readiness: [check] + checks, metrics: registry)
    }

    /// Sizes for the server: a NodeList of thousands of nodes must fit, a binding is small.
    package static var limits: ServerLimits {
        var limits = ServerLimits()
        limits.maximumBodyBytes = 1 << 20
        limits.bodyBytesByPath = [prefix + "filter": 256 << 20, prefix + "prioritize": 256 << 20]
        return limits
    }

    /// Answers one request.
    package func respond(to request: ServerRequest) async -> ServerResponse {
        if let response = await health.response(to: request) { return response }
        guard request.path.hasPrefix(Self.prefix),
            let verb = ExtenderMetrics.Verb(rawValue: String(request.path.dropFirst(Self.prefix.count)))
        else {
            return .text("no such path; the verbs are filter, prioritize and bind below \(Self.prefix)", status: 404)
        }
        guard request.method == "POST" else {
            var refusal = ServerResponse.text("only POST is allowed here", status: 405)
            refusal.headers["Allow"] = "POST"
            return refusal
        }
        guard !requiresPeer || request.peer != nil else {
            return Self.error("a client certificate is needed", status: 401)
        }
        let start = ContinuousClock.now
        guard isReady() else {
            metrics.count(verb, .failed, since: start)
            return Self.error("the extender has not read all nodes and pods yet; try again", status: 503)
        }
        do throws(JSONError) {
            let (response, verdict) = try await answer(verb, request.body)
            metrics.count(verb, verdict, since: start)
            return response
        } catch {
            metrics.count(verb, .failed, since: start)
            return Self.error("the body of \(verb.rawValue) is not as expected: \(error)", status: 400)
        }
    }

    private func answer(_ verb: ExtenderMetrics.Verb, _ body: [UInt8]) async throws(JSONError)
        -> (ServerResponse, ExtenderMetrics.Verdict)
    {
        switch verb {
        case .filter:
            let arguments = try ExtenderArguments(body: body)
            let answer = try state.withSnapshot { snapshot throws(JSONError) in
                try FilterVerb.answer(arguments, in: snapshot)
            }
            return (.json(answer.body), answer.passed > 0 || answer.failed == 0 ? .passed : .refused)
        case .prioritize:
            let arguments = try ExtenderArguments(body: body)
            let answer = try state.withSnapshot { snapshot throws(JSONError) in
                try PrioritizeVerb.answer(arguments, in: snapshot)
            }
            return (.json(answer), .passed)
        case .bind:
            let reason = await binder.bind(try BindingArguments(body: body))
            return (Self.error(reason ?? "", status: 200), reason == nil ? .passed : .refused)
        }
    }

    /// `{"Error": "…"}`, which all three verbs' results have in common.
    private static func error(_ text: String, status: Int) -> ServerResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("Error")
        writer.string(text)
        writer.endObject()
        return .json(writer.bytes, status: status)
    }
}
