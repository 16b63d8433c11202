import Admission
import ArgumentParser
import KubernetesClient
import KubernetesModel
import Logging
import Serving
import Webhook

/// The admission webhook.
struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook", abstract: "Serve the admission webhooks that kube-apiserver calls.",
        discussion: """
            With --cert and --key the certificate is read from files, which are followed. Without them the webhook issues
            its own, keeps it in a Secret that all replicas share, and writes its authority into the webhook configurations.
            """)

    @OptionGroup var listening: ListeningOptions
    @OptionGroup(title: "Certificates") var certificates: CertificateOptions
    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var logging: LoggingOptions

    @Option(help: "Port to listen on; 0 takes any free one.")
    var port = 9443

    @Option(help: "Namespace of the webhook's ConfigMap, Secret and Lease.")
    var namespace = "kubedl-system"

    @Option(help: "ConfigMap with the configuration; an empty name leaves it at the options given here.")
    var configMap = "kubedl-config"

    @Option(help: "Image of the init container that fetches code and data.")
    var syncImage = AdmissionConfiguration().syncImage

    @Option(name: .customLong("hostnetwork-port-range"), help: "Ports for pods on the host network, the end excluded.")
    var hostPorts = HostPortRange()

    @Option(help: "Seconds to go on serving once told to stop, until no client is sent here any more, 0-600.")
    var shutdownDelay = 0

    func validate() throws {
        guard (0...600).contains(shutdownDelay) else {
            throw ValidationError("--shutdown-delay \(shutdownDelay): must be 0-600")
        }
    }

    func run() async throws {
        let logger = logging.logger("kubedl.webhook")
        let metrics = MetricsRegistry()
        let base = AdmissionConfiguration(syncImage: syncImage, hostPorts: hostPorts.range)
        let issued = certificates.files == nil ? try selfIssued(metrics, logger) : nil
        let follower = configMap.isEmpty ? nil : try follower(base, metrics, logger)
        let tls = certificates.files.map { ServerTLS.files($0) } ?? issued.map { .source($0.source) }
        guard let tls else { return }
        var configuration = AdmissionServer.Configuration(
            host: listening.host, port: port, tls: tls, clientAuthority: listening.clientAuthority,
            settings: { follower?.settings ?? AdmissionSettings(defaults: base) })
        configuration.readiness = [issued?.check, follower?.check].compactMap { $0 }
        configuration.limits.drainDelay = .seconds(shutdownDelay)
        let server = AdmissionServer(configuration: configuration, logger: logger, metrics: metrics)
        try await withTerminationSignals {
            try await withThrowingTaskGroup(of: Void.self) { group in
                if let issued { group.addTask { try await issued.run() } }
                if let follower { group.addTask { try await follower.run() } }
                group.addTask { try await server.run() }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    private func selfIssued(_ metrics: MetricsRegistry, _ logger: Logger) throws -> SelfIssuedCertificates {
        try SelfIssuedCertificates(
            client: try cluster.client(userAgent: "kubedl-webhook"),
            configuration: .init(
                namespace: namespace, secret: certificates.certificateSecret, lease: certificates.certificateSecret,
                webhookConfiguration: certificates.webhookConfiguration,
                names: certificates.names(namespace: namespace), lifetime: certificates.certificateLifetime.seconds,
                identity: LeaseOptions.unique(nil)),
            metrics: metrics, logger: logger)
    }

    private func follower(
        _ base: AdmissionConfiguration, _ metrics: MetricsRegistry, _ logger: Logger
    ) throws -> ConfigurationFollower {
        let client = try cluster.client(userAgent: "kubedl-webhook")
        return ConfigurationFollower(
            client: client, configMap: ObjectKey(namespace: namespace, name: configMap), base: base,
            events: EventRecorder(client: client, component: "kubedl-webhook", logger: logger), metrics: metrics,
            logger: logger)
    }
}

/// Where the webhook's certificate comes from.
struct CertificateOptions: ParsableArguments {
    @Option(help: "PEM file of a serving certificate and its chain; read again when it changes.")
    var cert: String?

    @Option(help: "PEM file of the certificate's private key.")
    var key: String?

    @Option(
        help: "Secret in which the webhook keeps the certificate that it issues, and Lease of the replica that writes.")
    var certificateSecret = "kubedl-webhook-certificates"

    @Option(
        help: "DNS name or address in the certificate; may be repeated. Default: those of the service kubedl-webhook.")
    var certificateName: [String] = []

    @Option(help: "How long a certificate is valid, such as 90d, 12h or 60s; it is renewed after two thirds of that.")
    var certificateLifetime = Lifetime(seconds: 90 * 86_400)

    @Option(help: "Name of the webhook configurations in which the authority is published.")
    var webhookConfiguration = "kubedl"

    /// The files, when they were given.
    var files: TLSFiles? {
        guard let cert, let key else { return nil }
        return TLSFiles(certificateChain: cert, privateKey: key)
    }

    /// The names that the certificate is for.
    func names(namespace: String) -> [String] {
        let service = "kubedl-webhook.\(namespace).svc"
        return certificateName.isEmpty ? [service, service + ".cluster.local"] : certificateName
    }

    func validate() throws {
        guard (cert == nil) == (key == nil) else {
            throw ValidationError("--cert and --key go together; without both the webhook issues its own certificate")
        }
    }
}

/// A time such as `90d`, `12h`, `30m` or `60s`.
struct Lifetime: ExpressibleByArgument {
    /// Whole seconds, 12 to ten years.
    var seconds: Int64

    init(seconds: Int64) { self.seconds = seconds }

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()),
            (12...3650 * 86_400).contains(count.multipliedReportingOverflow(by: unit).partialValue),
            count <= 3650 * 86_400
        else { return nil }
        seconds = count * unit
    }

    var defaultValueDescription: String { seconds % 86_400 == 0 ? "\(seconds / 86_400)d" : "\(seconds)s" }
}
