internal import JSON
package import KubernetesClient
internal import KubernetesModel
package import Logging
internal import Synchronization

/// Binds pods to nodes, one at a time, as kube-scheduler does for its default profile: filters, extenders, scores, binding,
/// or else preemption.
///
/// It serves pods that name `default-scheduler` and have no scheduling gates. Images and
/// default spread constraints are not looked at.
package final class PodScheduler: Sendable {
    static let schedulerName = "default-scheduler"

    struct State {
        var queue: SchedulingQueue
        var cluster = ClusterState()
        var extenders: [ExtenderClient] = []
        var budgets: [ObjectKey: DisruptionBudget] = [:]
        var namespaces: [String: StringMap] = [:]
        var volumes = VolumeState()
    }

    let client: KubernetesClient
    let logger: Logger
    let events: SchedulerEvents
    let state: Mutex<State>
    private let wake: AsyncStream<Void>
    private let wakeSink: AsyncStream<Void>.Continuation

    /// A scheduler without extenders until ``reconfigure(_:)``; ``run()`` starts it.
    package init(client: KubernetesClient, logger: Logger) {
        self.client = client
        self.logger = logger
        events = SchedulerEvents(client: client, logger: logger)
        state = Mutex(State(queue: SchedulingQueue()))
        (wake, wakeSink) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Uses another configuration from the next pod on. Waiting pods are tried anew. Throws ``ExtenderFailure`` when a
    /// certificate cannot be read; the configuration before stays then.
    package func reconfigure(_ configuration: SchedulerConfiguration) throws {
        let extenders = try configuration.extenders.map { try ExtenderClient(configuration: $0) }
        let before = state.withLock { state in
            defer { state.extenders = extenders }
            state.queue.setBackoff(initial: configuration.initialBackoff, maximum: configuration.maximumBackoff)
            state.queue.clusterChanged(.configurationChanged)
            return state.extenders
        }
        for extender in before { extender.close() }
        signal()
    }

    /// Schedules until its task is cancelled. Throws `CancellationError` then.
    package func run() async throws {
        let nodes = Informer(client: client, type: .nodes, logger: logger) { Node(json: $0.detached().root) }
        let pods = Informer(client: client, type: .pods, logger: logger) { SchedulablePod(json: $0) }
        nodes.onChange { key, old, new in self.observe(node: new, before: old, name: key.name) }
        pods.onChange { key, old, new in self.observe(pod: new, before: old, key: key) }
        let budgets = Informer(client: client, type: .podDisruptionBudgets, logger: logger) {
            DisruptionBudget(json: $0)
        }
        budgets.onChange { key, _, new in self.state.withLock { $0.budgets[key] = new } }
        let namespaces = Informer(client: client, type: .namespaces, logger: logger) {
            Namespace(json: $0.detached().root).metadata.labels
        }
        namespaces.onChange { key, _, new in self.state.withLock { $0.namespaces[key.name] = new } }
        let volumes = volumeInformers()
        defer { for extender in state.withLock({ $0.extenders }) { extender.close() } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await nodes.run() }
            group.addTask { try await pods.run() }
            group.addTask { try await budgets.run() }
            group.addTask { try await namespaces.run() }
            for informer in volumes { group.addTask { try await informer.run() } }
            group.addTask { await self.events.run() }
            try await nodes.waitUntilSynced()
            try await pods.waitUntilSynced()
            try await budgets.waitUntilSynced()
            try await namespaces.waitUntilSynced()
            for informer in volumes { try await informer.waitUntilSynced() }
            group.addTask { try await self.schedule() }
            try await group.waitForAll()
        }
    }

    /// Tries whatever is due, then sleeps until something changes or a back-off ends.
    private func schedule() async throws {
        await withDiscardingTaskGroup { group in
            var armed: Timestamp?
            repeat {
                while let pod = state.withLock({ $0.queue.next(now: .now()) }), !Task.isCancelled {
                    guard let choice = await choose(for: pod) else { continue }
                    group.addTask { await self.bind(pod, choice) }
                }
                guard let due = state.withLock({ $0.queue.nextDue }) else { continue }
                let now = Timestamp.now()
                if let armed, armed > now, armed <= due { continue }
                armed = due
                group.addTask {
                    try? await Task.sleep(for: max(due - now, .milliseconds(1)))
                    self.signal()
                }
            } while await next()
            group.cancelAll()
        }
        try Task.checkCancellation()
    }

    private func next() async -> Bool {
        var iterator = wake.makeAsyncIterator()
        return await iterator.next() != nil
    }

    func signal() { wakeSink.yield() }
}
