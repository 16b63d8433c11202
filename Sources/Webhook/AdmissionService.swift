import Admission
import JSON
import KubernetesModel
import Logging
import Serving

/// Answers the requests of an ``AdmissionServer``: HTTP on the outside, the pure function `admit` on the inside.
struct AdmissionService: Sendable {
    private let settings: @Sendable () -> AdmissionSettings
    private let needsPeer: Bool
    private let metrics: AdmissionMetrics
    private let health: HealthEndpoints
    private let logger: Logger

    init(
        settings: @escaping @Sendable () -> AdmissionSettings, needsPeer: Bool, metrics: MetricsRegistry,
        readiness: [HealthEndpoints.Check] = [], logger: Logger
    ) {
        self.settings = settings
        self.needsPeer = needsPeer
        self.metrics = AdmissionMetrics(metrics)
        health = HealthEndpoints(readiness: readiness, metrics: metrics)
        self.logger = logger
    }

    func respond(to request: ServerRequest) async -> ServerResponse {
        guard let endpoint = AdmissionEndpoint(rawValue: request.path) else {
            if let response = await health.response(to: request) { return response }
            let paths = AdmissionEndpoint.allCases.map(\.rawValue).joined(separator: ", ")
            return .text("there is no \(request.path) here; admission paths are \(paths)", status: 404)
        }
        let start = ContinuousClock.now
        let (response, verdict) = answer(request, at: endpoint)
        metrics.count(endpoint, verdict, time: ContinuousClock.now - start)
        return response
    }

    private func answer(
        _ request: ServerRequest, at endpoint: AdmissionEndpoint
    ) -> (ServerResponse, AdmissionMetrics.Verdict) {
        if let refusal = refusal(of: request) { return (refusal, .malformed) }
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: request.body)
        } catch {
            return (malformed("the body is not JSON: \(error)", endpoint), .malformed)
        }
        do {
            let admission = try AdmissionRequest(review: document.root)
            let decision = admit(admission, at: endpoint, settings: settings())
            log(decision, admission, endpoint)
            let verdict: AdmissionMetrics.Verdict =
                decision.allowed ? (decision.patch == nil ? .allowed : .changed) : .refused
            return (.json(AdmissionReviewText.bytes(decision, uid: admission.uid)), verdict)
        } catch {
            // A review that can be answered is: the user then sees the reason whatever the failure policy is.
            guard error.pointer.hasPrefix("/request/"), let uid = document.root[path: "request", "uid"]?.string,
                !uid.isEmpty
            else { return (malformed(error.description, endpoint), .malformed) }
            let status = StatusBody(code: 400, reason: "BadRequest", message: error.description)
            return (.json(AdmissionReviewText.refusal(status, uid: uid)), .malformed)
        }
    }

    /// Why a request is no admission review at all; `nil` when it may be one.
    private func refusal(of request: ServerRequest) -> ServerResponse? {
        if request.method != "POST" {
            var response = ServerResponse.text("only POST is allowed here", status: 405)
            response.headers["Allow"] = "POST"
            return response
        }
        if needsPeer && request.peer == nil {
            return .text("a client certificate of the configured authority is needed here", status: 403)
        }
        if request.headers.contentType != "application/json" {
            let type = request.headers.contentType ?? "none"
            return .text("the content type must be application/json, not \(type)", status: 415)
        }
        return nil
    }

    private func malformed(_ message: String, _ endpoint: AdmissionEndpoint) -> ServerResponse {
        logger.warning(
            "malformed admission review", metadata: ["path": "\(endpoint.rawValue)", "reason": "\(message)"])
        return .text(message, status: 400)
    }

    private func log(_ decision: AdmissionDecision, _ request: AdmissionRequest, _ endpoint: AdmissionEndpoint) {
        let level: Logger.Level = decision.allowed ? .debug : .info
        guard logger.logLevel <= level else { return }
        logger.log(
            level: level, decision.allowed ? "admitted" : "refused",
            metadata: [
                "path": "\(endpoint.rawValue)", "uid": "\(request.uid)", "resource": "\(request.resource)",
                "namespace": "\(request.namespace ?? "")", "name": "\(request.name ?? "")",
                "changed": "\(decision.patch != nil)", "reason": "\(decision.message)",
            ])
    }
}
