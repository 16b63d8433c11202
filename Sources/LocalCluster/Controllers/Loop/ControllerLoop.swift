internal import JSON
internal import KubernetesClient
internal import KubernetesModel
internal import Logging
internal import Synchronization

/// Makes and carries out one controller's plans, one root at a time for each key.
///
/// A pass that would not see what an earlier one wrote is put off (as KEP-5647 does), so a plan is never made twice.
final class ControllerLoop: Sendable {
    typealias Informers = [ResourceType: Informer<JSONDocument>]

    let controller: Controller
    let client: KubernetesClient
    let recorder: EventRecorder
    private let informers: Informers
    private let logger: Logger
    private let time: TimeSource
    private let queue = WorkQueue<ObjectKey>()
    /// For each root the newest version of each resource that its passes wrote.
    private let written = Mutex<[ObjectKey: [ResourceType: UInt64]]>([:])

    /// A loop over informers that do not run yet.
    init(
        _ controller: Controller, client: KubernetesClient, informers: Informers, time: TimeSource = .system,
        logger: Logger
    ) {
        self.controller = controller
        self.client = client
        self.informers = informers
        self.time = time
        self.logger = logger
        recorder = EventRecorder(client: client, component: controller.name, logger: logger)
        informers[controller.root]?.onChange { [queue] key, _, _ in queue.add(key) }
        for type in controller.uses where type != controller.root {
            informers[type]?.onChange { [weak self] key, old, new in
                self?.enqueue(concernedBy: [old, new].compactMap { $0 }, key.namespace)
            }
        }
    }

    /// Runs until the task is cancelled.
    func run() async {
        await queue.run(workers: 4) { await self.reconcile($0) }
    }

    private func enqueue(concernedBy objects: [JSONDocument], _ namespace: String?) {
        let roots = informers[controller.root]?.snapshot ?? [:]
        for (key, root) in roots where key.namespace == nil || namespace == nil || key.namespace == namespace {
            if objects.contains(where: { controller.isConcerned(root.root, $0.root) }) { queue.add(key) }
        }
    }

    private func reconcile(_ key: ObjectKey) async -> WorkQueue<ObjectKey>.Outcome {
        guard hasCaughtUp(key) else { return .after(.milliseconds(20)) }
        guard let root = informers[controller.root]?.value(for: key) else {
            written.withLock { $0[key] = nil }
            return .done
        }
        var world = observe(key)
        var plan = controller.plan(root.root, world)
        var failure: APIError?
        do {
            let current = try await carryOut(plan.changes, root, key)
            try await write(plan.status, current, key)
        } catch {
            failure = error
        }
        if let failure {
            if failure.isConflict { return .retry }
            world.failure = failure.reasonText
            plan = controller.plan(root.root, world)
            try? await write(plan.status, root, key)
            logger.debug(
                "controller will try again",
                metadata: ["controller": "\(controller.name)", "object": "\(key)", "error": "\(failure.message)"])
            return .retry
        }
        let reference = reference(of: root.root)
        for event in plan.events {
            await recorder.record(on: reference, type: event.type, reason: event.reason, message: event.message)
        }
        return plan.again.map { .after($0) } ?? .done
    }

    private func hasCaughtUp(_ key: ObjectKey) -> Bool {
        let versions = written.withLock { $0[key] ?? [:] }
        return versions.allSatisfy { type, version in
            UInt64(informers[type]?.resourceVersion ?? "").map { $0 >= version } ?? true
        }
    }

    private func observe(_ key: ObjectKey) -> World {
        var world = World(now: time.wallClock())
        for type in controller.uses {
            let objects = informers[type]?.snapshot ?? [:]
            world.objects[type] =
                objects
                .filter { key.namespace == nil || $0.key.namespace == nil || $0.key.namespace == key.namespace }
                .sorted { $0.key < $1.key }.map(\.value.root)
        }
        return world
    }

    /// Remembers what the server answered to a write, so that no later pass is blind to it.
    func note(_ answer: JSONDocument, _ type: ResourceType, _ key: ObjectKey) {
        guard let version = UInt64(ObjectMeta(of: answer.root).resourceVersion) else { return }
        written.withLock { $0[key, default: [:]][type] = max(version, $0[key]?[type] ?? 0) }
    }

    /// The root object, as events name it.
    func reference(of root: JSONView) -> ObjectReference {
        let metadata = ObjectMeta(of: root)
        return ObjectReference(
            apiVersion: controller.root.apiVersion, kind: controller.root.kind, namespace: metadata.namespace,
            name: metadata.name, uid: metadata.uid)
    }
}
