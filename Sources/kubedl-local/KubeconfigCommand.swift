import ArgumentParser
import FoundationEssentials

/// Prints the kubeconfig.
struct KubeconfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubeconfig", abstract: "Print the kubeconfig of the cluster that runs in a folder.")

    @OptionGroup var directory: DirectoryOption

    func run() throws {
        let folder = try directory.folder()
        guard folder.runningProcess != nil, let data = FileManager.default.contents(atPath: folder.kubeconfig) else {
            throw ClusterProblem("no cluster runs in \(folder.path); start one with kubedl-local up")
        }
        print(String(decoding: data, as: UTF8.self), terminator: "")
    }
}
