import Admission
import Serving

/// Counts and times of admission requests; label sets are closed.
struct AdmissionMetrics: Sendable {
    /// How a request ended.
    enum Verdict: String, CaseIterable {
        case allowed, changed, refused, malformed
    }

    private let counters: [String: Counter]
    private let times: [AdmissionEndpoint: Histogram]

    init(_ registry: MetricsRegistry) {
        var counters: [String: Counter] = [:]
        var times: [AdmissionEndpoint: Histogram] = [:]
        for endpoint in AdmissionEndpoint.allCases {
            for verdict in Verdict.allCases {
                counters[endpoint.rawValue + verdict.rawValue] = registry.counter(
                    "kubedl_admission_requests_total", help: "Admission requests by path and outcome.",
                    labels: ["path": endpoint.rawValue, "verdict": verdict.rawValue])
            }
            times[endpoint] = registry.histogram(
                "kubedl_admission_seconds", help: "Time to decide about one admission request.",
                labels: ["path": endpoint.rawValue])
        }
        self.counters = counters
        self.times = times
    }

    func count(_ endpoint: AdmissionEndpoint, _ verdict: Verdict, time: Duration) {
        counters[endpoint.rawValue + verdict.rawValue]?.increment()
        times[endpoint]?.observe(time)
    }
}
