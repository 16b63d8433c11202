import ArgumentParser
import KubernetesModel
import LocalNode
import Logging
import Serving

/// Starts a cluster.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start a cluster; it runs until SIGTERM, Ctrl-C or kubedl-local down.")

    @OptionGroup var directory: DirectoryOption

    @Option(help: "The number of nodes, 1-250.")
    var nodes = 3

    @Option(help: "The CPUs that each node claims to have.")
    var cpus = "4"

    @Option(help: "The memory that each node claims to have.")
    var memory = "8Gi"

    @Option(help: "The GPUs (nvidia.com/gpu) that each node claims to have.")
    var gpus = 2

    @Option(help: "The port of the API server on 127.0.0.1; 0 for any.")
    var port = 0

    @Option(help: "A KubeSchedulerConfiguration; it may appear and change while the cluster runs.")
    var schedulerConfig: String?

    @Option(help: "NAME=FOLDER: containers of image NAME (tag left out) see FOLDER laid over this machine's files.")
    var image: [ImageFolder] = []

    @Option(
        help: """
            What network pods have: bridge (their own, with no way out of the machine; needs root), host (the machine's) \
            or auto (bridge where it is possible).
            """)
    var podNetwork = PodNetworkChoice.auto

    @Option(
        help: """
            Keep the cluster's state in this folder, so that it goes on from there at the next start, also after a crash; \
            pods are started again as after a reboot of their nodes. Without it the state ends with the cluster.
            """)
    var dataDir: String?

    @OptionGroup(title: "Times, with the names and defaults of kubelet, kube-controller-manager and kube-apiserver")
    var times: NodeTimes

    @Option(help: "Also write the kubeconfig to this file.")
    var kubeconfig: String?

    @Option(help: "What is logged on standard error: trace, debug, info, notice, warning, error, critical.")
    var logLevel: Logger.Level = .warning

    @Flag(help: "Stay in the foreground (default), or return once the cluster is ready.")
    var mode: Mode = .foreground

    /// Whether the command stays.
    enum Mode: String, EnumerableFlag {
        case foreground, detach
    }

    func validate() throws {
        guard (1...250).contains(nodes) else { throw ValidationError("--nodes \(nodes): must be 1-250") }
        guard (0...65535).contains(port) else { throw ValidationError("--port \(port): must be 0-65535") }
        guard gpus >= 0 else { throw ValidationError("--gpus \(gpus): must not be negative") }
        for (option, text) in [("cpus", cpus), ("memory", memory)] where (Quantity(text)?.sign ?? 0) <= 0 {
            throw ValidationError("--\(option) \(text): must be a positive quantity such as 4 or 8Gi")
        }
    }

    func run() async throws {
        let folder = try directory.folder()
        if mode == .detach { return try await DetachedCluster(folder: folder).start() }
        try folder.lock()
        let cluster = Cluster(
            folder: folder, port: port, nodes: (1...nodes).map { NodeOptions(number: $0, capacity: capacity) },
            images: Dictionary(image.map { ($0.name, $0.folder) }) { _, last in last },
            podNetwork: podNetwork, times: times, dataFolder: dataDir, schedulerConfiguration: schedulerConfig,
            kubeconfigs: [folder.kubeconfig] + (kubeconfig.map { [$0] } ?? []),
            logger: logger)
        try await withTerminationSignals { try await cluster.run() }
    }

    private var capacity: ResourceList {
        var list = ResourceList(["pods": Quantity(110)])
        list["cpu"] = Quantity(cpus)
        list["memory"] = Quantity(memory)
        if gpus > 0 { list[WellKnownNames.gpuResource] = Quantity(gpus) }
        return list
    }

    private var logger: Logger {
        var logger = Logger(label: "kubedl-local") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        return logger
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
