internal import JSON
internal import KubernetesClient
internal import KubernetesModel

/// One look at a Job that has not finished: what there is, what is decided so far, and the status that results.
///
/// A pod keeps a finalizer until it is counted: first its UID stands in the status, then the finalizer goes, then the
/// counter grows. So every pod is counted once, whatever fails in between.
struct JobPass {
    static let finalizer = "batch.kubernetes.io/job-tracking"
    /// The most pods that one pass creates or deletes.
    static let burst = 500

    let root: JSONView
    let now: Timestamp
    let failure: String?
    let pods: [Pod]
    let parallelism: Int
    let completions: Int?
    let isIndexed: Bool
    let isSuspended: Bool
    var conditions: Conditions
    var plan: Plan
    var status: JSONValue
    /// UIDs of pods that have ended, stand in the status and still have their finalizer.
    var uncountedSucceeded: [String]
    var uncountedFailed: [String]
    /// What the status said of them when this pass began.
    let recorded: Set<String>
    let completedBefore: Set<Int>
    var completed: Set<Int>

    init(_ root: JSONView, _ world: World) {
        self.root = root
        now = world.now
        failure = world.failure
        let claim = Claim(world[.pods], of: .pods, by: root, .jobs)
        pods = claim.owned.map { Pod(json: $0) }
        plan = Plan(claim.changes)
        parallelism = root[path: "spec", "parallelism"]?.int ?? 1
        completions = root[path: "spec", "completions"]?.int
        isIndexed = root[path: "spec", "completionMode"]?.string == "Indexed"
        isSuspended = root[path: "spec", "suspend"]?.bool ?? false
        conditions = Conditions(of: root, now: world.now, timeField: "lastProbeTime")
        status = root["status"].map { JSONValue($0) } ?? .object([])
        let uncounted = root[path: "status", "uncountedTerminatedPods"]
        uncountedSucceeded = uncounted?["succeeded"]?.strings ?? []
        uncountedFailed = uncounted?["failed"]?.strings ?? []
        recorded = Set(uncountedSucceeded + uncountedFailed)
        let text = root[path: "status", "completedIndexes"]?.string ?? ""
        completedBefore = isIndexed ? CompletionIndexes(parsing: text, below: completions ?? 0).indexes : []
        completed = completedBefore
    }

    var active: [Pod] { pods.filter(\.isActive) }
    var terminating: Int { pods.count { $0.metadata.isDeleting && !$0.isFinished } }

    /// Deleted pods are failed ones, unless only pods that have failed are replaced.
    func isFailed(_ pod: Pod) -> Bool {
        if pod.status.phase == .failed { return true }
        return !replacesOnlyFailed && pod.metadata.isDeleting && pod.status.phase != .succeeded
    }

    var replacesOnlyFailed: Bool {
        root[path: "spec", "podReplacementPolicy"]?.string == "Failed" || root[path: "spec", "podFailurePolicy"] != nil
    }

    /// The completion index of a pod; nil if it has none that counts.
    func index(of pod: Pod) -> Int? {
        pod.metadata.annotations[CompletionIndexes.key].flatMap { Int($0) }
            .flatMap { (0..<(completions ?? 0)).contains($0) ? $0 : nil }
    }

    /// The change that takes the finalizer from a pod.
    static func release(_ pod: JSONView) -> Plan.Change {
        let rest = pod.meta.finalizers.filter { $0 != finalizer }.map { JSONValue($0) }
        let finalizers = rest.isEmpty ? JSONValue.null : JSONValue(rest)
        return .merge(.pods, pod.meta.key, ["metadata": ["uid": JSONValue(pod.meta.uid), "finalizers": finalizers]])
    }

    func isTracked(_ pod: Pod) -> Bool { pod.metadata.finalizers.contains(Self.finalizer) }

    /// Decides everything, in the order of `syncJob`.
    mutating func run() {
        if status["startTime"] == nil, !isSuspended { status["startTime"] = JSONValue(now.description) }
        countReleased()
        let finish = verdict()
        var change = 0
        if finish != nil {
            change = -active.count
            plan.changes += active.map { .delete(.pods, $0.key, uid: $0.metadata.uid) }
        } else if !root.meta.isDeleting {
            change = managePods()
            noteSuspension()
        }
        let deleted = max(0, -change)
        count(finish)
        status["active"] = (active.count + change).nonZeroValue
        status["terminating"] = JSONValue(terminating + deleted)
        status["ready"] = JSONValue(max(0, active.count(where: \.status.isReady) - deleted))
        if let finish { conclude(finish, isSettled: terminating + deleted == 0) }
        conditions.write(to: &status)
        plan.status = status
    }
}

extension Int {
    /// The number as an optional field of a status: absent when it is 0.
    var nonZeroValue: JSONValue? { self == 0 ? JSONValue?.none : JSONValue(self) }
}
