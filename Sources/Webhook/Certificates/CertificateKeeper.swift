import Cryptography
import JSON
import KubernetesClient
import KubernetesModel
import Logging
import Serving
import Synchronization

/// Carries out what ``planCertificates(_:policy:now:)`` decides: reads, plans, writes once, again and again. Runs in one
/// replica at a time; should two ever run, the versions of what they read keep them from harm.
final class CertificateKeeper: Sendable {
    /// The kinds of webhook configurations; those of ours have one name.
    static let configurationTypes: [ResourceType] = [.mutatingWebhookConfigurations, .validatingWebhookConfigurations]
    /// The longest pause: what a watch has missed is noticed then.
    private static let resync = Duration.seconds(600)

    private let client: KubernetesClient
    private let secret: ObjectKey
    private let configuration: ObjectKey
    private let policy: CertificatePolicy
    private let steps: CertificateSteps
    private let logger: Logger
    private let clock = Mutex(PublicationClock())

    init(
        client: KubernetesClient, secret: ObjectKey, configuration: ObjectKey, policy: CertificatePolicy,
        steps: CertificateSteps, logger: Logger
    ) {
        self.client = client
        self.secret = secret
        self.configuration = configuration
        self.policy = policy
        self.steps = steps
        self.logger = logger
    }

    /// Works until the task is cancelled: at once when the Secret or a configuration changes, else when it is time.
    func run() async {
        let queue = WorkQueue<ObjectKey>(backoff: Backoff(base: .milliseconds(100), cap: .seconds(30), jitter: 0.5))
        let key = secret
        queue.add(key)
        await withTaskGroup(of: Void.self) { group in
            for (type, object) in [(.secrets, secret)] + Self.configurationTypes.map({ ($0, configuration) }) {
                let informer = Informer(
                    client: client, type: type, namespace: object.namespace,
                    fieldSelector: "metadata.name=\(object.name)", logger: logger
                ) { ObjectMeta(of: $0).resourceVersion }
                informer.onChange { _, _, _ in queue.add(key) }
                group.addTask { try? await informer.run() }
            }
            await queue.run(workers: 1) { _ in await self.pass() }
            group.cancelAll()
        }
    }

    private func pass() async -> WorkQueue<ObjectKey>.Outcome {
        do {
            return .after(min(Self.resync, try await step()))
        } catch let error as APIError where error.isConflict || error.isCancelled {
            return .retry
        } catch {
            logger.error(
                "certificates cannot be kept up",
                metadata: ["secret": "\(secret)", "configuration": "\(configuration)", "reason": "\(error)"])
            return .retry
        }
    }

    /// One step; gives how long to rest afterwards. The configurations are read before the Secret, see
    /// ``ObservedCertificates/record``.
    private func step() async throws -> Duration {
        var targets: [WebhookTarget] = []
        for type in Self.configurationTypes {
            guard let document = try await find(type, configuration) else { continue }
            targets.append(WebhookTarget(type: type, document: document))
        }
        let stored = try await find(.secrets, secret)
        var record = stored.map { CertificateRecord(Secret(json: $0.root)) } ?? CertificateRecord()
        let bundles = targets.flatMap(\.bundles)
        let publishedFor = clock.withLock {
            $0.observe(
                versions: targets.map(\.version), bundles: bundles, wanted: record.bundle,
                now: TimeSource.system.now())
        }
        let now = WallClock.seconds()
        let plan = planCertificates(
            ObservedCertificates(record: record, bundles: bundles, publishedFor: publishedFor), policy: policy, now: now
        )
        switch plan {
        case .wait(let duration): return duration
        case .publish:
            for target in targets where target.bundles.contains(where: { $0 != record.bundle }) {
                _ = try await client.replace(target.type, configuration, target.trusting(record.bundle))
            }
        case .prepare:
            record.next = try ServingCertificate.issue(
                names: policy.names.sorted(), lifetime: policy.lifetime, now: now)
            try await store(record, over: stored)
        case .activate:
            record.activate()
            try await store(record, over: stored)
        case .forget:
            record.forget(now: now)
            try await store(record, over: stored)
        }
        steps.count(plan)
        logger.info(
            "certificate step taken", metadata: ["step": "\(plan.name)", "until": "\(record.current?.notAfter ?? 0)"])
        return .zero
    }

    private func find(_ type: ResourceType, _ key: ObjectKey) async throws(APIError) -> JSONDocument? {
        do { return try await client.get(type, key) } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    /// Replaces the version that was read, or creates the Secret.
    private func store(_ record: CertificateRecord, over stored: JSONDocument?) async throws(APIError) {
        if let stored {
            var value = JSONValue(stored)
            value["data"] = record.data
            _ = try await client.replace(.secrets, secret, value)
        } else {
            let value: JSONValue = [
                "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
                "metadata": [
                    "name": JSONValue(secret.name), "namespace": JSONValue(secret.namespace ?? ""),
                ],
                "data": record.data,
            ]
            _ = try await client.create(.secrets, namespace: secret.namespace, value)
        }
    }
}

/// A webhook configuration as read.
private struct WebhookTarget: Sendable {
    var type: ResourceType
    var document: JSONDocument

    var version: String { ObjectMeta(of: document.root).resourceVersion }

    /// The `caBundle` of each webhook as PEM.
    var bundles: [[UInt8]] {
        document.root["webhooks"]?.elements.map { webhook in
            webhook["clientConfig"]?["caBundle"]?.string.flatMap { Base64.decode($0) } ?? []
        } ?? []
    }

    /// The configuration with another bundle in every webhook.
    func trusting(_ bundle: [UInt8]) -> JSONValue {
        var value = JSONValue(document)
        value["webhooks"] = JSONValue(
            (value["webhooks"]?.elements ?? []).map { webhook in
                var webhook = webhook
                webhook[path: "clientConfig", "caBundle"] = JSONValue(Base64.encodeText(bundle))
                return webhook
            })
        return value
    }
}

/// Counts the steps that a replica took.
struct CertificateSteps: Sendable {
    private let counters: [String: Counter]

    init(_ metrics: MetricsRegistry) {
        let plans: [CertificatePlan] = [.prepare, .publish, .activate, .forget]
        counters = Dictionary(
            uniqueKeysWithValues: plans.map { plan in
                let counter = metrics.counter(
                    "kubedl_webhook_certificate_steps_total",
                    help: "Steps of certificate changes that this replica took; publish includes repairs of caBundle.",
                    labels: ["step": plan.name])
                return (plan.name, counter)
            })
    }

    func count(_ plan: CertificatePlan) { counters[plan.name]?.increment() }
}

extension CertificatePlan {
    /// The step in a word, for logs and metrics.
    var name: String {
        switch self {
        case .prepare: "prepare"
        case .publish: "publish"
        case .activate: "activate"
        case .forget: "forget"
        case .wait: "wait"
        }
    }
}
