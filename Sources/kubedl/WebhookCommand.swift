import Admission
import ArgumentParser
import Serving
import Webhook

/// The admission webhook.
struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook", abstract: "Serve the admission webhooks that kube-apiserver calls.")

    @OptionGroup var listening: ListeningOptions
    @OptionGroup var logging: LoggingOptions

    @Option(help: "Port to listen on; 0 takes any free one.")
    var port = 9443

    @Option(help: "Image of the init container that fetches code and data.")
    var syncImage = AdmissionConfiguration().syncImage

    @Option(name: .customLong("hostnetwork-port-range"), help: "Ports for pods on the host network, the end excluded.")
    var hostPorts = HostPortRange()

    func run() async throws {
        let settings = AdmissionSettings(
            defaults: AdmissionConfiguration(syncImage: syncImage, hostPorts: hostPorts.range))
        let server = AdmissionServer(
            configuration: .init(
                host: listening.host, port: port, tls: listening.tls, clientAuthority: listening.clientAuthority,
                settings: { settings }),
            logger: logging.logger("kubedl.webhook"))
        try await withTerminationSignals { try await server.run() }
    }
}
