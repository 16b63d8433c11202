package import JSON

/// What was observed of a pod. Source: core/v1 PodStatus.
package struct PodStatus: Sendable {
    /// The `status` object; nil if the pod has none yet.
    package let json: JSONView?

    /// A view of `json`; nil reads as an empty status.
    package init(json: JSONView?) { self.json = json }

    /// Where the pod is in its life.
    package enum Phase: String, Sendable {
        /// Accepted; not all containers have started.
        case pending = "Pending"
        /// Bound, and at least one container runs or is starting.
        case running = "Running"
        /// All containers ended with 0 and stay ended.
        case succeeded = "Succeeded"
        /// All containers ended, at least one of them badly.
        case failed = "Failed"
        /// The node cannot be asked.
        case unknown = "Unknown"
    }

    /// The phase; `pending` if absent.
    package var phase: Phase { json?["phase"]?.string.flatMap(Phase.init) ?? .pending }
    /// The conditions.
    package var conditions: [Condition] { json?["conditions"]?.elements.map { Condition(json: $0) } ?? [] }
    /// The condition of the given type.
    package func condition(_ type: String) -> Condition? { conditions.first { $0.type == type } }
    /// Why the pod is in its phase, in a word; empty if absent.
    package var reason: String { json?["reason"]?.string ?? "" }
    /// Why the pod is in its phase, for people; empty if absent.
    package var message: String { json?["message"]?.string ?? "" }
    /// The pod's address; nil before it has one.
    package var podIP: String? { json?["podIP"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    /// The address of its node; nil before it has one.
    package var hostIP: String? { json?["hostIP"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    /// When the node took the pod on.
    package var startTime: Timestamp? { json?["startTime"]?.string.flatMap { Timestamp($0) } }
    /// The states of the containers.
    package var containerStatuses: [ContainerStatus] {
        json?["containerStatuses"]?.elements.map { ContainerStatus(json: $0) } ?? []
    }
    /// The states of the init containers.
    package var initContainerStatuses: [ContainerStatus] {
        json?["initContainerStatuses"]?.elements.map { ContainerStatus(json: $0) } ?? []
    }
    /// Whether the pod's condition `Ready` is true.
    package var isReady: Bool { condition("Ready")?.isTrue ?? false }
}

/// The state of a container. Source: core/v1 ContainerStatus.
package struct ContainerStatus: KubernetesView {
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// Where a container is in its life.
    package enum State: Sendable, Equatable {
        /// Not running yet, and why.
        case waiting(reason: String, message: String)
        /// Running since.
        case running(startedAt: Timestamp?)
        /// Ended, how and when.
        case terminated(Termination)
    }

    /// How a container ended.
    package struct Termination: Sendable, Equatable {
        /// The exit code; 128 + the signal's number if a signal ended it.
        package var exitCode: Int
        /// The signal that ended it; 0 if none did.
        package var signal: Int
        /// Why, in a word: `Completed`, `Error`, `OOMKilled`.
        package var reason: String
        /// Why, for people.
        package var message: String
        /// When it started.
        package var startedAt: Timestamp?
        /// When it ended.
        package var finishedAt: Timestamp?
    }

    /// The container's name.
    package var name: String { json["name"]?.string ?? "" }
    /// Whether it passes its readiness checks.
    package var isReady: Bool { json["ready"]?.bool ?? false }
    /// How often it was started again.
    package var restartCount: Int { json["restartCount"]?.int ?? 0 }
    /// Its present state; nil if absent.
    package var state: State? { Self.state(json["state"]) }
    /// How it ended the time before; nil if it never did.
    package var lastState: State? { Self.state(json["lastState"]) }
    /// How it ended; nil while it has not.
    package var termination: Termination? {
        guard case .terminated(let termination) = state else { return nil }
        return termination
    }

    private static func state(_ json: JSONView?) -> State? {
        if let running = json?["running"] {
            return .running(startedAt: running["startedAt"]?.string.flatMap { Timestamp($0) })
        }
        if let ended = json?["terminated"] {
            return .terminated(
                Termination(
                    exitCode: ended["exitCode"]?.int ?? 0, signal: ended["signal"]?.int ?? 0,
                    reason: ended["reason"]?.string ?? "", message: ended["message"]?.string ?? "",
                    startedAt: ended["startedAt"]?.string.flatMap { Timestamp($0) },
                    finishedAt: ended["finishedAt"]?.string.flatMap { Timestamp($0) }))
        }
        guard let waiting = json?["waiting"] else { return nil }
        return .waiting(reason: waiting["reason"]?.string ?? "", message: waiting["message"]?.string ?? "")
    }
}
