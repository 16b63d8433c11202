import Admission
import Logging
import Serving

/// The TLS server that kube-apiserver asks about pods and jobs.
///
/// One port serves the paths of ``AdmissionEndpoint`` and, for kubelet and Prometheus, `/healthz`, `/livez`, `/readyz` and
/// `/metrics`. It reads nothing but the request, so any number of replicas answer alike, and every request is answered:
/// malformed, too large or too slow ones with an HTTP error that says what is wrong.
package final class AdmissionServer: Sendable {
    /// Where the server listens and what it decides with.
    package struct Configuration: Sendable {
        /// The address to listen on.
        package var host: String
        /// The port, 0…65535; 0 takes any free one.
        package var port: Int
        /// The serving certificate; the API server checks it against the webhook configuration's `caBundle`.
        package var tls: ServerTLS
        /// Whose client certificates callers of the admission paths must show; `nil` lets everyone ask. Health and
        /// metrics are open in either case.
        package var clientAuthority: ClientAuthority?
        /// What the decisions depend on; asked once for every request, so that a change holds at once.
        package var settings: @Sendable () -> AdmissionSettings
        /// What must hold, besides a valid certificate, for the server to be ready.
        package var readiness: [HealthEndpoints.Check] = []
        /// Sizes and times.
        package var limits: ServerLimits

        /// A configuration with the limits of ``standardLimits``.
        package init(
            host: String = "0.0.0.0", port: Int = 9443, tls: ServerTLS, clientAuthority: ClientAuthority? = nil,
            settings: @escaping @Sendable () -> AdmissionSettings = { AdmissionSettings() },
            limits: ServerLimits = standardLimits
        ) {
            self.host = host
            self.port = port
            self.tls = tls
            self.clientAuthority = clientAuthority
            self.settings = settings
            self.limits = limits
        }

        /// Bodies up to 8 MiB, which is an object and its predecessor at the API server's own limit of 3 MiB each and
        /// some more, within 10 s, the default time of a webhook call.
        package static var standardLimits: ServerLimits {
            var limits = ServerLimits()
            limits.maximumBodyBytes = 8 * 1024 * 1024
            limits.bodyTimeout = .seconds(10)
            return limits
        }
    }

    private let server: HTTPServer

    /// A server that is not listening yet; see ``run()``. Its counts go to `metrics`.
    package init(configuration: Configuration, logger: Logger, metrics: MetricsRegistry = MetricsRegistry()) {
        let monitor = CertificateMonitor()
        let service = AdmissionService(
            settings: configuration.settings, needsPeer: configuration.clientAuthority != nil, metrics: metrics,
            readiness: [monitor.check] + configuration.readiness, logger: logger)
        var authority = configuration.clientAuthority
        // Asked for, not required: kubelet's probes have no certificate. The service requires it where it matters.
        authority?.isRequired = false
        server = HTTPServer(
            configuration: ServerConfiguration(
                host: configuration.host, port: configuration.port, tls: configuration.tls,
                clientAuthority: authority, limits: configuration.limits, handlerPlacement: .eventLoop,
                metrics: metrics, certificateMonitor: monitor),
            handler: { await service.respond(to: $0) }, logger: logger)
    }

    /// Serves until the task is cancelled, then finishes what is in flight. Throws ``ServerError`` when it cannot start.
    package func run() async throws { try await server.run() }

    /// The port that the server listens on, as soon as it does. Throws what ``run()`` throws when it cannot listen.
    package func started() async throws -> Int { try await server.started() }
}
