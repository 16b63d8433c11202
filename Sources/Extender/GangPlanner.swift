internal import JSON
internal import KubernetesModel
internal import Logging
internal import Placement
internal import Serving

/// Gives waiting gangs room, whole or not at all, and opens their gates; tells people why the others wait.
///
/// Only one planner may run in a cluster: see ``ExtenderProcess``. It can be stopped at any moment: what it has written
/// onto the pods is all that the next one needs.
package struct GangPlanner: Sendable {
    private let state: ClusterState
    private let api: any ClusterAPI
    private let metrics: ExtenderMetrics
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    /// How often it looks even if nothing changed: for claims that run out and texts that are due.
    private let period = Duration.seconds(1)
    /// The shortest time between two passes.
    private let pause = Duration.milliseconds(50)
    /// Calls to the API server at the same time.
    private static let concurrency = 16
    /// How long a written pod is left alone until the watch shows it.
    private static let settling = Duration.seconds(5)

    init(
        state: ClusterState, api: any ClusterAPI, metrics: ExtenderMetrics, logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.state = state
        self.api = api
        self.metrics = metrics
        self.logger = logger
        self.now = now
    }

    /// What a planner remembers between two passes. Losing it costs a repeated write at most.
    struct Memory: Sendable {
        var board = WaitingBoard()
        var openedAt: [String: Timestamp] = [:]
    }

    /// Plans until cancelled: after every change, and every second.
    package func run(isReady: @escaping @Sendable () -> Bool) async throws {
        state.withSnapshot { $0.dropPlannedClaims() }
        var memory = Memory()
        let pulse = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in state.changes() { pulse.continuation.yield() }
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: period)
                    pulse.continuation.yield()
                }
            }
            defer { group.cancelAll() }
            for await _ in pulse.stream {
                try Task.checkCancellation()
                if isReady() { await pass(&memory) }
                // Changes come in bursts: what follows within this time is one pass.
                try await Task.sleep(for: pause)
            }
        }
    }

    /// One pass: expire, plan, set aside, open, explain.
    func pass(_ memory: inout Memory) async {
        let moment = now()
        let snapshot = state.withSnapshot { snapshot in
            snapshot.expireClaims(now: moment)
            return snapshot.planningCopy()
        }
        let round = planGangs(in: snapshot, now: moment)
        metrics.waitingGangs.set(Double(round.explanations.count))
        let unannounced = state.withSnapshot { snapshot in
            for plan in round.plans { _ = snapshot.commit(plan, now: moment) }
            return snapshot.unannounced
        }
        for plan in round.plans {
            logger.info("gang placed", metadata: ["gang": "\(plan.gang)", "pods": "\(plan.nodes.count)"])
        }
        memory.openedAt = memory.openedAt.filter { moment - $0.value < Self.settling }
        let pending = unannounced.filter { memory.openedAt[$0.pod.uid] == nil }
        for uid in await open(pending, now: moment) { memory.openedAt[uid] = moment }
        await explain(memory.board.due(round.explanations, now: moment), in: snapshot, now: moment)
    }

    /// Opens gates. Returns the UIDs of the pods that were written.
    private func open(_ pods: [(pod: PodProjection, node: String)], now moment: Timestamp) async -> [String] {
        await concurrently(pods) { pod, node in
            await writeStatus(pod, GangPatches.nomination(of: pod, to: node, now: moment))
            do {
                try await api.patch(pod.key, GangPatches.open(pod, on: node))
                metrics.openedPods.increment()
                logger.info("pod opened", metadata: ["pod": "\(pod.title)", "node": "\(node)"])
            } catch {
                logger.warning("cannot open pod", metadata: ["pod": "\(pod.title)", "reason": "\(error)"])
                return nil
            }
            return pod.uid
        }
    }

    /// Writes why gangs wait: a condition and an event on each waiting pod, an event on what controls them.
    private func explain(_ texts: [GangKey: String], in snapshot: ClusterSnapshot, now moment: Timestamp) async {
        for (key, text) in texts.sorted(by: { $0.key < $1.key }) {
            guard let gang = snapshot.gang(key) else { continue }
            let pods = (gang.unplaced + gang.blocked).filter { $0.waitingMessage != text }
            guard !pods.isEmpty else { continue }
            logger.info("gang waits", metadata: ["gang": "\(key)", "reason": "\(text)"])
            _ = await concurrently(pods.map { ($0, text) }) { pod, text in
                await writeStatus(pod, GangPatches.waiting(pod, message: text, now: moment))
                await api.warn(pod.reference, reason: "GangUnschedulable", message: text)
                return pod.uid
            }
            for owner in Set(pods.compactMap(\.controllerReference)) {
                await api.warn(owner, reason: "GangUnschedulable", message: text)
            }
        }
    }

    private func writeStatus(_ pod: PodProjection, _ patch: JSONValue) async {
        do {
            try await api.patchStatus(pod.key, patch)
        } catch {
            guard error.kind != .notFound else { return }
            logger.warning("cannot write status", metadata: ["pod": "\(pod.title)", "reason": "\(error)"])
        }
    }

    /// Runs `body` for each element, a few at the same time. Returns what is not nil.
    private func concurrently(
        _ elements: [(PodProjection, String)], _ body: @escaping @Sendable (PodProjection, String) async -> String?
    ) async -> [String] {
        await withTaskGroup(of: String?.self) { group in
            var done: [String] = []
            for (index, element) in elements.enumerated() {
                if index >= Self.concurrency, let uid = await group.next() ?? nil { done.append(uid) }
                group.addTask { await body(element.0, element.1) }
            }
            for await uid in group { if let uid { done.append(uid) } }
            return done
        }
    }
}

extension PodProjection {
    var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }

    var reference: ObjectReference {
        ObjectReference(apiVersion: "v1", kind: "Pod", namespace: namespace, name: name, uid: uid)
    }

    /// The object that controls the pod, in the pod's namespace.
    var controllerReference: ObjectReference? {
        controller.map {
            ObjectReference(
                apiVersion: $0.apiVersion, kind: $0.kind, namespace: namespace, name: $0.name, uid: $0.uid)
        }
    }
}
