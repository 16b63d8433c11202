import ArgumentParser
import Extender
import KubernetesClient
import Serving

/// The scheduler extender and gang planner.
struct ExtenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extender", abstract: "Serve kube-scheduler's extender protocol and plan gangs.",
        subcommands: [Run.self, PrintSchedulerConfiguration.self], defaultSubcommand: Run.self)

    /// Serves until it is told to stop.
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run", abstract: "Serve until told to stop (the default).")

        @OptionGroup var listening: ListeningOptions

        @Option(help: "PEM file of the serving certificate and its chain; read again when it changes.")
        var cert: String

        @Option(help: "PEM file of the certificate's private key.")
        var key: String

        @OptionGroup var cluster: ClusterOptions
        @OptionGroup var lease: LeaseOptions
        @OptionGroup var logging: LoggingOptions

        @Option(help: "Port to listen on; 0 takes any free one.")
        var port = 9444

        func run() async throws {
            var configuration = ExtenderProcess.Configuration(
                tls: TLSFiles(certificateChain: cert, privateKey: key), identity: lease.uniqueIdentity)
            configuration.host = listening.host
            configuration.port = port
            configuration.clientAuthorityFile = listening.clientCertificateAuthority
            configuration.leaseNamespace = lease.leaseNamespace
            let process = ExtenderProcess(
                client: try cluster.client(userAgent: "kubedl-extender"), configuration: configuration,
                logger: logging.logger("kubedl.extender"))
            try await withTerminationSignals { try await process.run() }
        }
    }

    /// Prints what kube-scheduler needs to call the extender.
    struct PrintSchedulerConfiguration: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "print-scheduler-config",
            abstract: "Print the KubeSchedulerConfiguration through which kube-scheduler calls this extender.")

        @Option(
            help: "Address of the extender, path included, such as https://kubedl-extender.kubedl-system.svc/scheduler."
        )
        var url: String

        @Option(help: "PEM file on the scheduler's machine with the authority of the extender's certificate.")
        var caFile: String?

        @Option(help: "Name in the extender's certificate, where it differs from the URL's host.")
        var serverName: String?

        @Option(help: "PEM file on the scheduler's machine with a client certificate.")
        var certFile: String?

        @Option(help: "PEM file on the scheduler's machine with the client certificate's key.")
        var keyFile: String?

        func run() throws {
            print(
                schedulerConfiguration(
                    url: url, caFile: caFile, serverName: serverName, certFile: certFile, keyFile: keyFile),
                terminator: "")
        }
    }
}
