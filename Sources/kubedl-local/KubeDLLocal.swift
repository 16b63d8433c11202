import ArgumentParser

/// A local cluster on one machine: for trying, developing and testing, never for production.
@main
struct KubeDLLocal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubedl-local",
        abstract: "A Kubernetes cluster in one process: API server, scheduler and simulated nodes that run pods.",
        discussion: """
            Containers are processes of this machine in namespaces of their own; an image is a folder laid over the \
            machine's files. Nothing is kept when the cluster ends, except with --data-dir.
            """,
        subcommands: [UpCommand.self, DownCommand.self, KubeconfigCommand.self, FaultCommand.self])
}

/// Where a local cluster keeps its files.
struct DirectoryOption: ParsableArguments {
    @Option(help: "The folder for certificates, kubeconfig, volumes and logs; default: ~/.kubedl-local.")
    var directory: String?

    /// The folder.
    func folder() throws -> StateFolder { try StateFolder(directory) }
}
