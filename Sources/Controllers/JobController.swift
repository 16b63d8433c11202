import JSON
import KubernetesClient
import KubernetesModel
import Logging
import Reconciliation
import Workloads

/// Runs the jobs of one framework: watches them and what they own, plans, applies.
///
/// It holds nothing that it could not see again: it can end at any moment and start anywhere.
package struct JobController: Sendable {
    private let profile: FrameworkProfile
    private let cache: JobCache
    private let applier: JobApplier
    private let configuration: ControllerConfiguration
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let queue = WorkQueue<ObjectKey>()

    /// A controller for the jobs of `profile`.
    package init(
        profile: FrameworkProfile, cluster: any ClusterAccess, configuration: ControllerConfiguration, logger: Logger,
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.profile = profile
        self.configuration = configuration
        self.now = now
        var logger = logger
        logger[metadataKey: "kind"] = "\(profile.resource.kind)"
        self.logger = logger
        cache = JobCache(profile: profile)
        applier = JobApplier(cluster: cluster, parallelWrites: configuration.parallelWrites, logger: logger)
    }

    /// Learns from `children` what its jobs own; before they run. One that loses its owner is as one that is gone.
    func follow(_ children: ChildInformers) {
        let kind = profile.resource.kind
        children.pods.onChange { key, old, pod in
            let owned = pod.flatMap { $0.ownerKind == kind ? $0 : nil }
            guard owned != nil || old?.ownerKind == kind else { return }
            for job in cache.setPod(key, owned) { queue.add(job) }
        }
        children.services.onChange { key, old, service in
            let owned = service.flatMap { $0.ownerKind == kind ? $0 : nil }
            guard owned != nil || old?.ownerKind == kind else { return }
            for job in cache.setService(key, owned) { queue.add(job) }
        }
    }

    /// Works until the task is cancelled, on what `children` see.
    func run(watching client: KubernetesClient, _ children: ChildInformers) async throws {
        let jobs = Informer(
            client: client, type: profile.resource, namespace: configuration.namespace, logger: logger
        ) { $0.detached() }
        jobs.onChange { key, _, job in
            cache.setJob(key, job)
            queue.add(key)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await jobs.run() }
            group.addTask {
                // Before everything is seen, pods would seem to be missing.
                try await jobs.waitUntilSynced()
                try await children.waitUntilSynced()
                logger.info("controller works", metadata: ["jobs": "\(jobs.count)"])
                await queue.run(workers: configuration.workers) { await reconcile($0) }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// One pass over one job.
    func reconcile(_ key: ObjectKey) async -> WorkQueue<ObjectKey>.Outcome {
        guard let observed = cache.observe(key) else { return .done }
        let plan = planJob(observed, now: now(), configuration: configuration.reconciliation)
        let outcome = await applier.apply(plan, to: observed.job) { cache.setWrittenJob(key, $0) }
        switch outcome {
        case .done:
            return plan.requeueAfter.map { .after($0) } ?? .done
        case .conflict:
            logger.debug("job changed meanwhile", metadata: ["job": "\(key)"])
            return .retry
        case .failed(let error):
            if case .after(let delay) = error.retry { return .after(delay) }
            return .retry
        }
    }

    /// Takes in what a watch would bring; for tests.
    func observe(job: JSONDocument) { cache.setJob(ObjectMeta(of: job.root).key, job) }

    /// Takes in what a watch would bring; for tests.
    func observe(pod key: ObjectKey, _ pod: ObservedPod?) { _ = cache.setPod(key, pod) }

    /// Takes in what a watch would bring; for tests.
    func observe(service key: ObjectKey, _ service: ObservedService?) { _ = cache.setService(key, service) }
}
