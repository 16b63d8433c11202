import ArgumentParser
import Controllers
import KubernetesClient
import KubernetesModel
import Reconciliation
import Serving
import Workloads

/// The controllers of all job kinds.
struct ControllersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controllers", abstract: "Run the life cycle of jobs; one of several copies works at a time.")

    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var lease: LeaseOptions
    @OptionGroup var logging: LoggingOptions

    @Option(help: "The only namespace to work in; default: all.")
    var namespace: String?

    @Option(help: "Who places gangs: kubedl (this suite's extender), or none: roles then start one after the other.")
    var gangSchedulerName = "kubedl"

    @Option(name: .customLong("hostnetwork-port-range"), help: "Ports for pods on the host network, the end excluded.")
    var hostPorts = HostPortRange()

    @Option(name: .customLong("max-reconciles"), help: "Jobs of one kind that are worked on at the same time, 1-64.")
    var workers = 4

    @Option(help: "Image that copies kubectl to TARGET_DIR, for launchers of MPIJobs.")
    var kubectlDeliveryImage = ReplicaContext.defaultKubectlImage

    func validate() throws {
        guard ["kubedl", "none", ""].contains(gangSchedulerName) else {
            throw ValidationError(
                "--gang-scheduler-name \(gangSchedulerName): must be kubedl or none; others are not supported")
        }
        guard (1...64).contains(workers) else { throw ValidationError("--max-reconciles \(workers): must be 1-64") }
    }

    func run() async throws {
        var reconciliation = ReconciliationConfiguration()
        reconciliation.gangSchedulerName = gangSchedulerName == "none" ? "" : gangSchedulerName
        reconciliation.hostPorts = hostPorts.range
        reconciliation.kubectlImage = kubectlDeliveryImage
        let election = ControllerConfiguration.Election(
            lease: ObjectKey(namespace: lease.leaseNamespace, name: "kubedl-controllers"),
            identity: lease.uniqueIdentity)
        let manager = ControllerManager(
            client: try cluster.client(userAgent: "kubedl-controllers"),
            configuration: ControllerConfiguration(
                namespace: namespace, reconciliation: reconciliation, workers: workers, election: election),
            logger: logging.logger("kubedl.controllers"))
        try await withTerminationSignals { try await manager.run() }
    }
}
