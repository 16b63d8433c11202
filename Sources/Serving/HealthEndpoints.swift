/// The paths that kubelet and Prometheus ask: `/healthz` (and `/livez`), `/readyz` and `/metrics`.
package struct HealthEndpoints: Sendable {
    /// One condition of readiness.
    package struct Check: Sendable {
        /// A short name, such as "certificate".
        package var name: String
        /// `nil` when all is well, else the reason why the process is not ready.
        package var problem: @Sendable () async -> String?

        /// A check.
        package init(name: String, problem: @escaping @Sendable () async -> String?) {
            self.name = name
            self.problem = problem
        }
    }

    private let checks: [Check]
    private let metrics: MetricsRegistry?

    /// The process is healthy while it answers, ready while no check has a problem. Without `metrics`, `/metrics` is
    /// left to others.
    package init(readiness checks: [Check] = [], metrics: MetricsRegistry? = nil) {
        self.checks = checks
        self.metrics = metrics
    }

    /// The answer, or `nil` when the path is not one of these. Methods other than GET and HEAD get 405.
    package func response(to request: ServerRequest) async -> ServerResponse? {
        switch request.path {
        case "/healthz", "/livez", "/readyz": break
        case "/metrics" where metrics != nil: break
        default: return nil
        }
        guard request.method == "GET" || request.method == "HEAD" else {
            var refusal = ServerResponse.text("only GET and HEAD are allowed here", status: 405)
            refusal.headers["Allow"] = "GET, HEAD"
            return refusal
        }
        switch request.path {
        case "/metrics":
            return ServerResponse(
                status: 200, headers: ["Content-Type": MetricsRegistry.contentType],
                body: .bytes(metrics?.text() ?? []))
        case "/readyz": return await readiness(isDraining: request.isDraining)
        default: return .text("ok")
        }
    }

    private func readiness(isDraining: Bool) async -> ServerResponse {
        var problems = isDraining ? ["the process stops"] : []
        for check in checks {
            if let problem = await check.problem() { problems.append("\(check.name): \(problem)") }
        }
        return problems.isEmpty ? .text("ok") : .text(problems.joined(separator: "\n"), status: 503)
    }
}
