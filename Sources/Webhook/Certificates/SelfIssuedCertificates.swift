import Cryptography
import JSON
import KubernetesClient
import KubernetesModel
import Logging
import Serving
import Synchronization

/// The serving certificate that the webhook issues for itself: every replica serves what the Secret holds, and one of
/// them, by a Lease, keeps Secret and webhook configurations as they should be.
package final class SelfIssuedCertificates: Sendable {
    /// Which objects to work with.
    package struct Configuration: Sendable {
        /// The namespace of Secret and Lease.
        package var namespace: String
        /// The Secret with the certificates; made when it is missing and we may.
        package var secret: String
        /// The Lease of whoever writes.
        package var lease: String
        /// The name of the mutating and the validating webhook configuration.
        package var webhookConfiguration: String
        /// DNS names and IP addresses under which the API server calls; at least one.
        package var names: [String]
        /// How long certificates are valid, in seconds; see ``CertificatePolicy/lifetime``.
        package var lifetime: Int64
        /// What tells this process from others.
        package var identity: String

        /// A configuration from its parts.
        package init(
            namespace: String, secret: String, lease: String, webhookConfiguration: String, names: [String],
            lifetime: Int64, identity: String
        ) {
            self.namespace = namespace
            self.secret = secret
            self.lease = lease
            self.webhookConfiguration = webhookConfiguration
            self.names = names
            self.lifetime = lifetime
            self.identity = identity
        }
    }

    /// What the server serves. Before the Secret has been read it is a certificate that nobody trusts, so that kubelet's
    /// probes, which do not check, are answered from the start.
    package let source: CertificateSource
    private let client: KubernetesClient
    private let configuration: Configuration
    private let policy: CertificatePolicy
    private let steps: CertificateSteps
    private let expiration: Gauge
    private let isShared = Mutex(false)
    private let logger: Logger

    /// Certificates that are not followed yet; see ``run()``. Throws ``CryptographyError`` for names that are none.
    package init(
        client: KubernetesClient, configuration: Configuration, metrics: MetricsRegistry, logger: Logger
    ) throws(CryptographyError) {
        let temporary = try ServingCertificate.issue(
            names: configuration.names, lifetime: configuration.lifetime, now: WallClock.seconds())
        source = CertificateSource(certificateChain: temporary.certificate, privateKey: temporary.key)
        // The names as certificates spell them, or an address in another spelling would look like a change.
        var policy = CertificatePolicy(names: temporary.names)
        policy.lifetime = configuration.lifetime
        self.policy = policy
        self.client = client
        self.configuration = configuration
        self.logger = logger
        steps = CertificateSteps(metrics)
        expiration = metrics.gauge(
            "kubedl_webhook_certificate_expiration_timestamp_seconds",
            help: "When the certificate that is served ends, in seconds since 1970.")
    }

    /// A condition of readiness: the certificate is the one that all replicas share.
    package var check: HealthEndpoints.Check {
        let place = "\(configuration.namespace)/\(configuration.secret)"
        return HealthEndpoints.Check(name: "shared certificate") { [self] in
            isShared.withLock { $0 } ? nil : "the Secret \(place) has none yet; is there a replica that may write it?"
        }
    }

    /// Follows the Secret, and keeps it while this replica leads, until the task is cancelled.
    package func run() async throws {
        let secret = ObjectKey(namespace: configuration.namespace, name: configuration.secret)
        let informer = Informer(
            client: client, type: .secrets, namespace: secret.namespace,
            fieldSelector: "metadata.name=\(secret.name)", logger: logger
        ) { CertificateRecord(Secret(json: $0)).current }
        informer.onChange { [self] _, _, certificate in
            // What is no certificate is mended by the leader; the last good one stays.
            if case .some(.some(let certificate)) = certificate { serve(certificate) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await informer.run() }
            group.addTask { try await self.lead(secret) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func serve(_ certificate: ServingCertificate) {
        source.replace(certificateChain: certificate.certificate, privateKey: certificate.key)
        expiration.set(Double(certificate.notAfter))
        isShared.withLock { $0 = true }
    }

    private func lead(_ secret: ObjectKey) async throws {
        let keeper = CertificateKeeper(
            client: client, secret: secret,
            configuration: ObjectKey(namespace: nil, name: configuration.webhookConfiguration),
            policy: policy, steps: steps, logger: logger)
        let lease = ObjectKey(namespace: configuration.namespace, name: configuration.lease)
        while true {
            let elector = LeaderElector(
                client: client, lease: lease, identity: configuration.identity, logger: logger)
            do {
                try await elector.run { await keeper.run() }
                return
            } catch is LeaderElector.Lost {
                logger.warning("certificates are kept by another replica", metadata: ["lease": "\(lease)"])
            }
        }
    }
}
