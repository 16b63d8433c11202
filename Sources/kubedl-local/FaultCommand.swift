import ArgumentParser
import LocalNode

/// Lets nodes and containers of a running cluster fail.
struct FaultCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fault", abstract: "Let a node or a container of a running cluster fail, and heal it.",
        discussion: """
            freeze NODE  Hang it: its agent does nothing, its processes are stopped, nothing reaches it.
            cut NODE     Cut its network: its pods go on; neither they nor its agent reach anything.
            heal NODE    End its fault.
            kill POD     Kill the pod's containers (SIGKILL); its node starts them again as the pod says.
            """)

    /// What is to happen.
    enum Kind: String, ExpressibleByArgument, CaseIterable { case freeze, cut, heal, kill }

    @Argument(help: "What is to happen.")
    var kind: Kind

    @Argument(help: "The node, or the pod to kill.")
    var name: String

    @Option(name: [.short, .long], help: "The namespace of the pod.")
    var namespace = "default"

    @Option(name: [.short, .long], help: "Kill only this container of the pod.")
    var container: String?

    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let folder = try directory.folder()
        guard folder.runningProcess != nil else { throw ClusterProblem("no cluster runs in \(folder.path)") }
        let object = kind == .kill ? [namespace, name] + (container.map { [$0] } ?? []) : [name]
        if let problem = try await NodeFaults.ask([kind.rawValue] + object, folder: folder.nodes) {
            throw ClusterProblem(problem)
        }
    }
}
