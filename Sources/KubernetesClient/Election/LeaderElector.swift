internal import JSON
package import KubernetesModel
package import Logging
import Synchronization

/// Runs work in only one process at a time, by holding a Lease.
package final class LeaderElector: Sendable {
    /// Thrown when leadership could not be renewed: the work was stopped.
    package struct Lost: Error, Sendable, CustomStringConvertible {
        /// The lease.
        package var lease: ObjectKey
        /// What was lost.
        package var description: String { "leadership of lease \(lease) was lost; it could not be renewed in time" }
    }

    private struct State: Sendable {
        var election: ElectorState
        /// The Lease as read or written last, which the next write replaces; `nil` when there is none.
        var document: JSONDocument?
    }

    private let client: KubernetesClient
    private let lease: ObjectKey
    private let time: TimeSource
    private let logger: Logger
    private let state: Mutex<State>

    /// Describes an elector. `identity` must differ for each process, such as the pod's name with a random suffix.
    package init(
        client: KubernetesClient, lease: ObjectKey, identity: String, timing: ElectionTiming = .standard,
        time: TimeSource = .system, logger: Logger = Logger(label: "kubedl.election")
    ) {
        self.client = client
        self.lease = lease
        self.time = time
        self.logger = logger
        state = Mutex(State(election: ElectorState(identity: identity, timing: timing)))
    }

    /// Whether this process leads.
    package var isLeader: Bool { state.withLock { $0.election.isLeader } }

    /// Who leads as far as was seen; `nil` when nobody does.
    package var leader: String? {
        state.withLock { $0.election.observed?.holder }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Waits for leadership, then runs `body` for as long as it lasts, then gives the lease back.
    ///
    /// `body` is cancelled when leadership is lost, which throws ``Lost``, and when the task is cancelled. Its own errors
    /// come out as they are.
    package func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await drive(.acquire)
        logger.info("leading", metadata: ["lease": "\(lease)"])
        do {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await body()
                    return true
                }
                group.addTask {
                    try await self.drive(.hold)
                    return false
                }
                defer { group.cancelAll() }
                guard try await group.next() ?? false else { throw Lost(lease: lease) }
            }
        } catch {
            await release()
            throw error
        }
        await release()
    }

    private enum Phase {
        /// Until we lead.
        case acquire
        /// Until we lead no more.
        case hold
    }

    /// Acts on the state's decisions until the phase is over.
    private func drive(_ phase: Phase) async throws {
        var event = ElectorState.Event.woke
        while true {
            try Task.checkCancellation()
            let (now, wallClock) = (time.now(), time.wallClock())
            let given = event
            let (action, election) = state.withLock { state in
                (state.election.tick(given, now: now, wallClock: wallClock), state.election)
            }
            let limit = election.attemptLimit(now: now)
            switch action {
            case .read: event = await read(within: limit)
            case .write(let record): event = await write(record, within: limit)
            case .sleep(let wait):
                if phase == .acquire && election.isLeader { return }
                // Candidates spread out; a leader keeps its rhythm.
                let jitter = election.isLeader ? 1 : 1 + Double.random(in: 0...1.2)
                try await time.sleep(max(.zero, wait) * jitter)
                event = .woke
            case .lost:
                logger.error("leadership lost", metadata: ["lease": "\(lease)"])
                if phase == .hold { return }
                // The lease was ours, but the answer came too late to rely on it.
                try await time.sleep(election.timing.retryPeriod)
                event = .woke
            }
        }
    }

    private func read(within limit: Duration, isFinal: Bool = false) async -> ElectorState.Event {
        do {
            let document = try await client.get(.leases, lease, timeout: limit, ignoresCancellation: isFinal)
            state.withLock { $0.document = document }
            return .found(LeaseRecord(Lease(document)))
        } catch {
            guard error.isNotFound else { return failed(error) }
            state.withLock { $0.document = nil }
            return .missing
        }
    }

    private func write(_ record: LeaseRecord, within limit: Duration, isFinal: Bool = false) async -> ElectorState.Event
    {
        var options = WriteOptions(timeout: limit)
        options.ignoresCancellation = isFinal
        do {
            let written: JSONDocument
            if let document = state.withLock({ $0.document }) {
                var body = JSONValue(document)
                record.write(to: &body)
                written = try await client.replace(.leases, lease, body, options: options)
            } else {
                var body: JSONValue = ["apiVersion": "coordination.k8s.io/v1", "kind": "Lease"]
                body[path: "metadata", "name"] = JSONValue(lease.name)
                body[path: "metadata", "namespace"] = lease.namespace.map { JSONValue($0) }
                record.write(to: &body)
                written = try await client.create(.leases, namespace: lease.namespace, body, options: options)
            }
            state.withLock { $0.document = written }
            return .written(LeaseRecord(Lease(written)))
        } catch {
            return failed(error)
        }
    }

    private func failed(_ error: APIError) -> ElectorState.Event {
        logger.debug("lease request failed", metadata: ["lease": "\(lease)", "error": "\(error)"])
        return .failed
    }

    /// Lets the next process take over at once. Failing only means that it must wait.
    private func release() async {
        let wallClock = time.wallClock()
        guard let record = state.withLock({ $0.election.release(wallClock: wallClock) }) else { return }
        var event = await write(record, within: .seconds(5), isFinal: true)
        // A renewal that was under way when it was cancelled may still have been stored.
        if event == .failed, case .found(let current) = await read(within: .seconds(5), isFinal: true),
            current.holder == state.withLock({ $0.election.identity })
        {
            event = await write(record, within: .seconds(5), isFinal: true)
        }
        guard case .written = event else {
            return logger.warning("lease not given back", metadata: ["lease": "\(lease)"])
        }
        logger.info("lease given back", metadata: ["lease": "\(lease)"])
    }
}
