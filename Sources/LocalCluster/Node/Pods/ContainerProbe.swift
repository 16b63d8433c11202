internal import JSON
internal import KubernetesModel

/// A question that a node asks a container again and again. Source: core/v1 Probe.
struct ContainerProbe: Sendable, Hashable {
    /// What the answer is for.
    enum Kind: String, Sendable, CaseIterable {
        /// Whether the program has started up; the others wait for it.
        case startup
        /// Whether it should be started again.
        case liveness
        /// Whether it gets connections.
        case readiness

        /// The name at the start of messages.
        var title: String {
            switch self {
            case .startup: "Startup"
            case .liveness: "Liveness"
            case .readiness: "Readiness"
            }
        }
    }

    /// How to ask.
    var handler: ContainerHandler
    /// From the start of the container to the first question.
    var initialDelay: Duration
    /// From one question to the next.
    var period: Duration
    /// The longest wait for an answer.
    var timeout: Duration
    /// How many good answers in a row count as success.
    var successThreshold: Int
    /// How many bad ones count as failure.
    var failureThreshold: Int
    /// Seconds for the container to end after a failure; nil for the pod's.
    var graceSeconds: Int?

    /// Reads a probe; nil if there is none.
    init?(_ json: JSONView?, of container: Container) {
        guard let json, let handler = ContainerHandler(json, of: container) else { return nil }
        self.handler = handler
        initialDelay = .seconds(max(json["initialDelaySeconds"]?.int ?? 0, 0))
        period = .seconds(Self.positive(json["periodSeconds"], default: 10))
        timeout = .seconds(Self.positive(json["timeoutSeconds"], default: 1))
        successThreshold = Self.positive(json["successThreshold"], default: 1)
        failureThreshold = Self.positive(json["failureThreshold"], default: 3)
        graceSeconds = json["terminationGracePeriodSeconds"]?.int
    }

    private static func positive(_ json: JSONView?, default value: Int) -> Int {
        guard let given = json?.int, given > 0 else { return value }
        return given
    }
}

/// What the answers of a container's probe amount to so far.
struct ProbeProgress: Sendable, Hashable {
    /// What counts: as many equal answers in a row as the thresholds ask for; nil until then.
    private(set) var result: Bool?
    private var last: Bool?
    private var inARow = 0
    /// Whether an answer is awaited.
    private(set) var isAsking = false
    /// When to ask next; nil before the first time.
    private(set) var dueAt: Timestamp?

    /// A question is being asked.
    mutating func ask(_ probe: ContainerProbe, now: Timestamp) {
        isAsking = true
        dueAt = now + probe.period
    }

    /// Takes an answer. Source: kubelet prober `doProbe`.
    mutating func take(_ isGood: Bool, _ probe: ContainerProbe) {
        isAsking = false
        inARow = last == isGood ? inARow + 1 : 1
        last = isGood
        if inARow >= (isGood ? probe.successThreshold : probe.failureThreshold) { result = isGood }
    }
}
