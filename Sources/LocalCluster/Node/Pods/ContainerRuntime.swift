internal import KubernetesModel

/// How a run of a container ended.
struct ContainerEnd: Sendable, Hashable {
    /// 0 for success; 128 + the signal's number after a signal.
    var exitCode: Int
    /// `Completed`, `Error`, `StartError`, …
    var reason: String
    /// For people; the termination message.
    var message = ""
    /// When the run began.
    var startedAt: Timestamp
    /// When it ended.
    var finishedAt: Timestamp
    /// The id of the run.
    var containerID = ""
    /// Whether it was stopped because a probe failed.
    var wasUnhealthy = false
}

/// What is known of a container of a pod on this node.
struct ContainerRuntime: Sendable, Hashable {
    /// Where it is in its life.
    enum State: Sendable, Hashable {
        /// Not started, or being started again later.
        case waiting(reason: String, message: String)
        /// Asked to start.
        case starting
        /// Its program runs.
        case running(since: Timestamp)
        /// Its last run ended, and what comes next is not decided.
        case ended(ContainerEnd)
    }

    var state = State.waiting(reason: "ContainerCreating", message: "")
    /// How often it was started again.
    var restartCount = 0
    /// Whether it was ever started.
    var wasStarted = false
    /// How the run before ended.
    var lastEnd: ContainerEnd?
    /// The wait before the next start, once it has to be waited; doubles.
    var nextBackoff: Duration = .zero
    /// When it may be started (again).
    var notBefore: Timestamp?
    /// Whether it was asked to stop.
    var isStopping = false
    /// Whether it is being stopped because a probe failed.
    var isUnhealthy = false
    /// Whether it was ever up, startup probe included.
    var wasUp = false
    /// What its probes have told in this run.
    var probes: [ContainerProbe.Kind: ProbeProgress] = [:]
    /// The id of the present run.
    var containerID = ""

    /// Whether there is a process.
    var isAlive: Bool {
        switch state {
        case .starting, .running: true
        case .waiting, .ended: false
        }
    }

    /// How the run ended, if it did and nothing new has been started.
    var end: ContainerEnd? {
        if case .ended(let end) = state { return end }
        return nil
    }

    /// Whether it runs.
    var isRunning: Bool {
        if case .running = state { return true }
        return false
    }
}

/// What is known of a pod on this node.
struct PodRuntime: Sendable, Hashable {
    /// When the node took the pod on.
    var startTime: Timestamp
    /// Whether its folders and volumes are there.
    var isPrepared = false
    /// Why they are not; nil if nothing is wrong.
    var problem: String?
    /// When to try again.
    var prepareAfter: Timestamp?
    /// Why the node ended the pod (`DeadlineExceeded`), with words for people.
    var failure: Failure?
    /// Its containers by name, init containers included.
    var containers: [String: ContainerRuntime] = [:]

    /// Why the node ended a pod.
    struct Failure: Sendable, Hashable {
        /// In a word.
        var reason: String
        /// For people.
        var message: String
    }

    /// A pod that was just taken on.
    init(_ recipe: PodRecipe, startTime: Timestamp) {
        self.startTime = startTime
        for container in recipe.containers { containers[container.name] = ContainerRuntime() }
    }

    /// The runtime of a container.
    subscript(_ name: String) -> ContainerRuntime {
        get { containers[name] ?? ContainerRuntime() }
        set { containers[name] = newValue }
    }
}
