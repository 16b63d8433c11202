internal import JSON
internal import KubernetesClient
internal import KubernetesModel
internal import Logging
internal import Synchronization

/// One node: registers itself, shows that it is alive, and has a worker for each pod that is bound to it.
final class NodeAgent: Sendable {
    let node: NodeOptions
    let shared: NodeEnvironment
    let logger: Logger
    private let recorder: EventRecorder
    private let workers = Mutex<[String: PodWorker]>([:])

    /// A node; ``run()`` makes it live.
    init(_ node: NodeOptions, shared: NodeEnvironment) {
        var logger = shared.logger
        logger[metadataKey: "node"] = "\(node.name)"
        self.node = node
        self.shared = shared
        self.logger = logger
        recorder = EventRecorder(client: shared.client, component: "kubelet", instance: node.name, logger: logger)
    }

    /// Creates the Node object, or takes over the one that is there. Throws `APIError`.
    func register() async throws {
        let text = NodeText(node: node, isolation: shared.isolation)
        do {
            _ = try await shared.client.create(.nodes, namespace: nil, text.object)
        } catch {
            guard error.isAlreadyExists else { throw error }
        }
        let key = ObjectKey(namespace: nil, name: node.name)
        let status = JSONValue.object([("status", text.status(now: .now()))])
        _ = try await shared.client.patch(.nodes, key, .strategic(status), subresource: "status")
    }

    /// Runs until its task is cancelled. Throws `CancellationError` then.
    func run() async throws {
        let pods = Informer(
            client: shared.client, type: .pods, fieldSelector: "spec.nodeName=\(node.name)",
            backoff: Backoff(base: .milliseconds(500), cap: .seconds(5), jitter: 1), logger: logger
        ) { PodRecipe(json: $0) }
        let (arrivals, sink) = AsyncStream.makeStream(of: PodWorker.self)
        pods.onChange { _, old, new in
            if let worker = self.observe(new, before: old) { sink.yield(worker) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pods.run() }
            group.addTask { try await self.beat() }
            group.addTask {
                await withDiscardingTaskGroup { group in
                    for await worker in arrivals { group.addTask { await worker.run() } }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Passes a change of a pod on to its worker; returns the worker if the pod is new.
    private func observe(_ pod: PodRecipe?, before: PodRecipe?) -> PodWorker? {
        workers.withLock { workers in
            if let before, before.uid != pod?.uid { workers.removeValue(forKey: before.uid)?.tell(.gone) }
            guard let pod else { return nil }
            if let worker = workers[pod.uid] {
                worker.tell(.updated(pod))
                return nil
            }
            // What ended before this agent came is left as it is, unless it is to go.
            if pod.pod.isFinished, !pod.isDeleting { return nil }
            let worker = PodWorker(pod, node: node, shared: shared, recorder: recorder)
            workers[pod.uid] = worker
            return worker
        }
    }

    /// Tells the workers of a namespace that one of its config maps or secrets has changed.
    func sourceChanged(_ kind: PodSources.Kind, _ key: ObjectKey) {
        let concerned = workers.withLock { workers in workers.values.filter { $0.key.namespace == key.namespace } }
        for worker in concerned { worker.tell(.sourceChanged(kind, key.name)) }
    }

    /// Kills a container of a pod, or all; false if no such pod is here.
    func kill(_ container: String?, of pod: ObjectKey) -> Bool {
        let concerned = workers.withLock { workers in workers.values.filter { $0.key == pod } }
        for worker in concerned { worker.tell(.kill(container: container)) }
        return !concerned.isEmpty
    }
}
