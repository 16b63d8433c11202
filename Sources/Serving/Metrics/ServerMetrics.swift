/// What a server counts about itself. All servers of a process that share a registry are counted together.
struct ServerMetrics: Sendable {
    let connections: Gauge
    private let refusedConnections: Counter
    /// By the first digit of the status.
    private let responses: [Counter]
    private let refusals: Counter

    init(_ registry: MetricsRegistry) {
        connections = registry.gauge("kubedl_http_connections", help: "Open connections.")
        refusedConnections = registry.counter(
            "kubedl_http_refused_connections_total", help: "Connections closed at once because too many were open.")
        responses = (1...5).map {
            registry.counter("kubedl_http_responses_total", help: "Responses of handlers.", labels: ["code": "\($0)xx"])
        }
        refusals = registry.counter(
            "kubedl_http_refusals_total",
            help: "Requests refused before a handler saw them: malformed, too large, slow.")
    }

    func countResponse(_ status: Int) {
        let index = status / 100 - 1
        if responses.indices.contains(index) { responses[index].increment() }
    }

    func countRefusal() { refusals.increment() }

    func countRefusedConnection() { refusedConnections.increment() }
}
