import ArgumentParser
import Glibc

/// Ends a cluster.
struct DownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "End the cluster that runs in a folder, with all of its pods.")

    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let folder = try directory.folder()
        guard let process = folder.runningProcess else { return print("no cluster runs in \(folder.path)") }
        kill(process, SIGTERM)
        let deadline = ContinuousClock.now + .seconds(30)
        while folder.runningProcess == process {
            if ContinuousClock.now > deadline {
                // Its containers die with it: the kernel sees to that.
                kill(process, SIGKILL)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        print("the cluster in \(folder.path) has ended")
    }
}
