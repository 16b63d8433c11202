import JSON
import KubernetesModel

/// A job's status while it is being worked out: read from the stored one, changed by rules, written back as JSON.
///
/// Fields that we do not know stay. Source: KubeDL `JobStatus` and its condition rules.
package struct JobStatus: Sendable {
    /// Restarts of one replica that are told apart; a bound for numbers that others may have written.
    package static let mostRestarts = 1_000_000

    /// Condition types, in the order of a life.
    package enum ConditionType: String, Sendable, CaseIterable {
        case created = "Created"
        case queuing = "Queuing"
        case running = "Running"
        case restarting = "Restarting"
        case succeeded = "Succeeded"
        case failed = "Failed"

        /// The reason that goes with it unless another is given.
        package var reason: String {
            switch self {
            case .created: "JobCreated"
            case .queuing: "JobEnqueued"
            case .running: "JobRunning"
            case .restarting: "JobRestarting"
            case .succeeded: "JobSucceeded"
            case .failed: "JobFailed"
            }
        }
    }

    /// Pods of one role by what became of them.
    package struct Replicas: Sendable, Hashable {
        /// Pods that run or are about to.
        package var active = 0
        /// Pods that ended well.
        package var succeeded = 0
        /// Pods that ended badly.
        package var failed = 0
        /// Failed pods that their nodes put out.
        package var evicted = 0
        /// Replaced pods by index; indexes without any are absent.
        package var restarts: [Int: Int] = [:]

        /// No pods.
        package init() {}

        /// Reads the counts; absent ones are zero.
        package init(json: JSONView?) {
            active = json?["active"]?.int ?? 0
            succeeded = json?["succeeded"]?.int ?? 0
            failed = json?["failed"]?.int ?? 0
            evicted = json?["evicted"]?.int ?? 0
            guard let counts = json?["restarts"] else { return }
            for member in counts.members {
                guard let index = Int(member.key), let count = member.value.int, count > 0 else { continue }
                restarts[index] = min(count, JobStatus.mostRestarts)
            }
        }

        /// The counts that are not zero.
        package var json: JSONValue {
            var members: [(String, JSONValue)] = []
            for (name, count) in [
                ("active", active), ("succeeded", succeeded), ("failed", failed), ("evicted", evicted),
            ]
            where count != 0 {
                members.append((name, JSONValue(count)))
            }
            if !restarts.isEmpty {
                let sorted = restarts.sorted { $0.key < $1.key }
                members.append(("restarts", .object(sorted.map { (String($0.key), JSONValue($0.value)) })))
            }
            return .object(members)
        }
    }

    /// The status as it is stored; nil before the first write.
    private let stored: JSONView?
    /// The latest last.
    package private(set) var conditions: [Condition]
    /// Counts by role, in the framework's order.
    package var replicas: [(role: String, counts: Replicas)]
    /// When the job was first seen.
    package var startTime: Timestamp?
    /// When the job ended.
    package var completionTime: Timestamp?

    /// Reads the stored status; nil before the first write.
    package init(json: JSONView?) {
        stored = json
        conditions = json?["conditions"]?.elements.map { Condition(json: $0) } ?? []
        replicas = json?["replicaStatuses"]?.members.map { ($0.key, Replicas(json: $0.value)) } ?? []
        startTime = json?["startTime"]?.string.flatMap { Timestamp($0) }
        completionTime = json?["completionTime"]?.string.flatMap { Timestamp($0) }
    }

    /// Whether the condition is there and true.
    package func has(_ type: ConditionType) -> Bool {
        conditions.contains { $0.type == type.rawValue && $0.isTrue }
    }

    /// Whether the job has ended.
    package var isFinished: Bool { has(.succeeded) || has(.failed) }

    /// The counts of a role; zeros when there are none.
    package func counts(of role: String) -> Replicas { replicas.first { $0.role == role }?.counts ?? Replicas() }

    /// Makes the condition true and puts it last. Answers whether anything changed.
    ///
    /// A finished job keeps its conditions. The same type with the same reason changes nothing, so that a condition that
    /// still holds is not written again. Running and Restarting replace each other; an end makes Running false.
    @discardableResult
    package mutating func set(
        _ type: ConditionType, reason: String? = nil, message: String, now: Timestamp
    ) -> Bool {
        if isFinished { return false }
        let reason = reason ?? type.reason
        let current = conditions.first { $0.type == type.rawValue }
        if let current, current.isTrue, current.reason == reason { return false }
        conditions.removeAll { $0.type == type.rawValue }
        switch type {
        case .running: conditions.removeAll { $0.type == ConditionType.restarting.rawValue }
        case .restarting: conditions.removeAll { $0.type == ConditionType.running.rawValue }
        case .succeeded, .failed: endRunning(now)
        case .created, .queuing: break
        }
        let transition = current?.isTrue == true ? current?.lastTransitionTime ?? now : now
        conditions.append(
            Condition(
                type: type.rawValue, status: "True", reason: reason, message: message,
                lastTransitionTime: transition.wholeSeconds, lastUpdateTime: now.wholeSeconds))
        return true
    }

    private mutating func endRunning(_ now: Timestamp) {
        guard let index = conditions.firstIndex(where: { $0.type == ConditionType.running.rawValue }) else { return }
        guard conditions[index].isTrue else { return }
        conditions[index].status = "False"
        conditions[index].lastTransitionTime = now.wholeSeconds
        conditions[index].lastUpdateTime = now.wholeSeconds
    }

    /// The whole status, with what we do not know kept.
    package var json: JSONValue {
        var json = stored.map { JSONValue($0) } ?? .object([])
        json["conditions"] = JSONValue(conditions.map(\.value))
        json["replicaStatuses"] = .object(replicas.map { ($0.role, $0.counts.json) })
        json["startTime"] = startTime.map { JSONValue($0.wholeSeconds.description) }
        json["completionTime"] = completionTime.map { JSONValue($0.wholeSeconds.description) }
        return json
    }

    /// The status as JSON when it differs from the stored one; nil when there is nothing to write.
    package var change: JSONValue? {
        let json = json
        if let stored, JSONValue(stored) == json { return nil }
        return json
    }
}
