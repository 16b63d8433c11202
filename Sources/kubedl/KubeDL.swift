import ArgumentParser

/// The suite's processes and its tools.
@main
struct KubeDL: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubedl",
        abstract: "Machine learning jobs on Kubernetes: admission webhook, scheduler extender, controllers.",
        version: "0.1.0",
        subcommands: [WebhookCommand.self, ExtenderCommand.self, ControllersCommand.self, CRDsCommand.self])
}
