import ArgumentParser
import FoundationEssentials
import KubernetesClient
import Logging
import Serving
import Workloads

/// Where a process listens and whom it answers.
struct ListeningOptions: ParsableArguments {
    @Option(help: "Address to listen on.")
    var host = "0.0.0.0"

    @Option(name: .customLong("client-ca"), help: "PEM file of an authority that callers' certificates must come from.")
    var clientCertificateAuthority: String?
}

/// How a process reaches the API server.
struct ClusterOptions: ParsableArguments {
    @Option(help: "kubeconfig file; default: $KUBECONFIG, ~/.kube/config, then the pod's service account.")
    var kubeconfig: String?

    @Option(help: "Context within the kubeconfig; default: its current one.")
    var context: String?
}

/// What a process writes to standard error.
struct LoggingOptions: ParsableArguments {
    @Option(help: "Least severity that is logged: trace, debug, info, notice, warning, error or critical.")
    var logLevel: Logger.Level = .info

    func logger(_ label: String) -> Logger {
        var logger = Logger(label: label, factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = logLevel
        return logger
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

extension ListeningOptions {
    /// The authority of callers' certificates, when one was given.
    var clientAuthority: ClientAuthority? { clientCertificateAuthority.map { ClientAuthority(.file($0)) } }
}

/// A range of ports as KubeDL writes it: `20000-30000`, the end excluded.
struct HostPortRange: ExpressibleByArgument {
    var range = HostPorts.defaultRange

    init() {}

    init?(argument: String) {
        guard let range = HostPorts.range(parsing: argument) else { return nil }
        self.range = range
    }

    var defaultValueDescription: String { "\(range.lowerBound)-\(range.upperBound)" }
}

/// The lease by which one of several copies is chosen.
struct LeaseOptions: ParsableArguments {
    @Option(help: "Namespace of the lease by which one of several copies is chosen.")
    var leaseNamespace = "kubedl-system"

    @Option(help: "What this copy is called in the lease; default: $POD_NAME or the host's name, and a random suffix.")
    var identity: String?

    /// The identity that was given, or one that no other copy has.
    var uniqueIdentity: String { Self.unique(identity) }

    /// `identity`, or a name that no other process has.
    static func unique(_ identity: String?) -> String {
        if let identity { return identity }
        let host = ProcessInfo.processInfo.environment["POD_NAME"] ?? ProcessInfo.processInfo.hostName
        return "\(host)_\(String(UInt64.random(in: .min ... .max), radix: 36))"
    }
}

extension ClusterOptions {
    /// A client for the cluster. Throws when no configuration is found or it cannot be used.
    func client(userAgent: String) throws -> KubernetesClient {
        KubernetesClient(
            configuration: try ClientConfiguration.load(kubeconfig: kubeconfig, context: context), userAgent: userAgent)
    }
}
