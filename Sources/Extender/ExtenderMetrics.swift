internal import Serving

/// Counters and times of the extender's verbs, by verdict. Label values come from closed sets.
struct ExtenderMetrics: Sendable {
    enum Verb: String, CaseIterable { case filter, prioritize, bind }
    enum Verdict: String, CaseIterable {
        /// At least one node is left, or the pod is bound.
        case passed
        /// No node is left, or the pod may not be bound.
        case refused
        /// The request was not understood, or came too early.
        case failed
    }

    private let counters: [Verb: [Verdict: Counter]]
    private let times: [Verb: Histogram]
    let waitingGangs: Gauge
    let openedPods: Counter

    init(_ registry: MetricsRegistry) {
        var counters: [Verb: [Verdict: Counter]] = [:]
        var times: [Verb: Histogram] = [:]
        for verb in Verb.allCases {
            for verdict in Verdict.allCases {
                counters[verb, default: [:]][verdict] = registry.counter(
                    "kubedl_extender_requests_total", help: "Calls of the scheduler by verb and verdict.",
                    labels: ["verb": verb.rawValue, "verdict": verdict.rawValue])
            }
            times[verb] = registry.histogram(
                "kubedl_extender_request_seconds", help: "Time to answer a call of the scheduler.",
                labels: ["verb": verb.rawValue])
        }
        self.counters = counters
        self.times = times
        waitingGangs = registry.gauge("kubedl_gangs_waiting", help: "Gangs that wait for pods or room.")
        openedPods = registry.counter(
            "kubedl_gang_pods_opened_total", help: "Pods whose gang got room and whose gate was opened.")
    }

    func count(_ verb: Verb, _ verdict: Verdict, since start: ContinuousClock.Instant) {
        counters[verb]?[verdict]?.increment()
        times[verb]?.observe(ContinuousClock.now - start)
    }
}
